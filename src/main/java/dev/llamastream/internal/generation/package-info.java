/** What turns tokens into delivered text, apart from what drives {@code llama_decode}. */
@NullMarked
package dev.llamastream.internal.generation;

import org.jspecify.annotations.NullMarked;
