/** Ollama: its registry, its store, and what its layers say. */
@NullMarked
package dev.llamastream.store.internal.ollama;

import org.jspecify.annotations.NullMarked;
