/** How native libraries are found. */
@NullMarked
package dev.llamastream.spi;

import org.jspecify.annotations.NullMarked;
