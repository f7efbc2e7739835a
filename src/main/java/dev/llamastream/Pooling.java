package dev.llamastream;

/**
 * How the embeddings of a text's tokens are combined into one.
 *
 * @since 0.1.0
 */
public enum Pooling {
  /**
   * As the model specifies; {@link #MEAN} if it specifies nothing, as for models that generate
   * text.
   */
  MODEL,
  /** The mean of all tokens. */
  MEAN,
  /** The embedding of the first token. */
  CLS,
  /** The embedding of the last token. */
  LAST
}
