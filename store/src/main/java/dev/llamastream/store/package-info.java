/**
 * Models by name. {@link dev.llamastream.store.Models} opens a model by its name, and downloads it
 * on first use; {@link dev.llamastream.store.ModelStore} pulls, lists and removes models.
 *
 * <p>The store shares the caches of other programs: downloads from Hugging Face go into its cache,
 * where llama.cpp and huggingface_hub find them, and models that Ollama has downloaded are used
 * where they are.
 */
@NullMarked
package dev.llamastream.store;

import org.jspecify.annotations.NullMarked;
