/** What Ollama keeps beside the weights of a model. */
@NullMarked
package dev.llamastream.store.internal.ollama;

import org.jspecify.annotations.NullMarked;
