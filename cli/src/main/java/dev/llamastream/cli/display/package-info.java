/** How commands show things. */
@NullMarked
package dev.llamastream.cli.display;

import org.jspecify.annotations.NullMarked;
