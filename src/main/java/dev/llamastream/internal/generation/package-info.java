/** Turns tokens into delivered text, independent of what drives {@code llama_decode}. */
@NullMarked
package dev.llamastream.internal.generation;

import org.jspecify.annotations.NullMarked;
