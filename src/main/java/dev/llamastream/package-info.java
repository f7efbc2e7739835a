/**
 * Streaming text generation with a local model.
 *
 * <p>Start with {@link dev.llamastream.Model#load(java.nio.file.Path)}, open a {@link
 * dev.llamastream.Context} on it and call {@link dev.llamastream.Context#generateStream(String)}.
 * Unless a type says otherwise, arguments are never null (a {@link NullPointerException} names the
 * one that is), a value out of range is an {@link IllegalArgumentException} that names the field,
 * the value and the range, and the use of something closed is an {@link IllegalStateException}. All
 * other failures are subtypes of {@link dev.llamastream.LlamaException}.
 */
@NullMarked
package dev.llamastream;

import org.jspecify.annotations.NullMarked;
