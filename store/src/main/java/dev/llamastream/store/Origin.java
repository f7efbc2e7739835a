package dev.llamastream.store;

/**
 * Whose folder a model lies in.
 *
 * @since 0.1.0
 */
public enum Origin {
  /** Hugging Face's cache, shared with llama.cpp and huggingface_hub. */
  HUGGING_FACE,
  /** Ollama's store. llamastream only reads it. */
  OLLAMA,
  /** The store's own folder. */
  STORE,
  /** A file that was named by its path. */
  FILE
}
