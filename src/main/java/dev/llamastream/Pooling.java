package dev.llamastream;

/**
 * How the embeddings of a text's tokens become the one of the text.
 *
 * @since 0.1.0
 */
public enum Pooling {
  /** What the model says; {@link #MEAN} if it says nothing, as models that generate do. */
  MODEL,
  /** Their mean. */
  MEAN,
  /** That of the first token. */
  CLS,
  /** That of the last token. */
  LAST
}
