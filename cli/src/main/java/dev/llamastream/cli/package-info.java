/** The {@code llamastream} command. */
@NullMarked
package dev.llamastream.cli;

import org.jspecify.annotations.NullMarked;
