/**
 * Reads what a GGUF file says of itself: metadata and tensor table, without native code.
 *
 * <p>{@link dev.llamastream.gguf.GgufFile#read} checks the structure of a file, which holds for any
 * GGUF. {@link dev.llamastream.gguf.ModelCheck} checks what llama.cpp takes for granted in a model.
 *
 * @see <a href="https://github.com/ggml-org/ggml/blob/master/docs/gguf.md">The GGUF
 *     specification</a>
 */
@NullMarked
package dev.llamastream.gguf;

import org.jspecify.annotations.NullMarked;
