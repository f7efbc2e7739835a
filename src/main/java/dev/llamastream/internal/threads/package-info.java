/** How many threads compute a step, and whose turn it is. */
@NullMarked
package dev.llamastream.internal.threads;

import org.jspecify.annotations.NullMarked;
