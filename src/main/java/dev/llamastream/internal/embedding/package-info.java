/** Gathers the texts of all callers into batches, and computes them on one thread. */
@NullMarked
package dev.llamastream.internal.embedding;

import org.jspecify.annotations.NullMarked;
