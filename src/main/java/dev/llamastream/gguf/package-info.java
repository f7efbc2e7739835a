/**
 * Reads the description in a GGUF file, that is its metadata and tensor table, without native code.
 *
 * <p>{@link dev.llamastream.gguf.GgufFile#read} checks the structure of a file, which applies to
 * any GGUF file. {@link dev.llamastream.gguf.ModelCheck} checks what llama.cpp assumes about a
 * model.
 *
 * @see <a href="https://github.com/ggml-org/ggml/blob/master/docs/gguf.md">The GGUF
 *     specification</a>
 */
@NullMarked
package dev.llamastream.gguf;

import org.jspecify.annotations.NullMarked;
