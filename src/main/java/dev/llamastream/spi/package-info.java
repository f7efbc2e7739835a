/** Extension point for supplying native libraries. */
@NullMarked
package dev.llamastream.spi;

import org.jspecify.annotations.NullMarked;
