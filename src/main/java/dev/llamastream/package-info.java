/**
 * Streaming text generation with a local model.
 *
 * <p>Start with {@link dev.llamastream.Model#load(java.nio.file.Path)}, open a {@link
 * dev.llamastream.Context} on it and call {@link dev.llamastream.Context#generateStream(String)}.
 *
 * <p>Unless a type says otherwise, these rules hold. Arguments must not be null: a {@link
 * NullPointerException} names the argument that is. A value out of range throws an {@link
 * IllegalArgumentException} that names the field, the value and the range. Using a closed object
 * throws an {@link IllegalStateException}. All other failures are subtypes of {@link
 * dev.llamastream.LlamaException}.
 */
@NullMarked
package dev.llamastream;

import org.jspecify.annotations.NullMarked;
