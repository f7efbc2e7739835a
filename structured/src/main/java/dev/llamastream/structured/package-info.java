/**
 * Answers and tools as Java types. {@link dev.llamastream.structured.Structured} asks a model for a
 * value of a type; {@link dev.llamastream.structured.Tools} makes tools of annotated methods.
 */
@NullMarked
package dev.llamastream.structured;

import org.jspecify.annotations.NullMarked;
