/** How many threads compute a step. */
@NullMarked
package dev.llamastream.internal.threads;

import org.jspecify.annotations.NullMarked;
