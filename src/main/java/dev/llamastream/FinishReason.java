package dev.llamastream;

/**
 * Why a stream ended.
 *
 * @since 0.1.0
 */
public enum FinishReason {
  /** The model produced an end-of-generation token. */
  END_OF_TEXT,
  /** {@link GenerationRequest#maxTokens()} tokens were generated. */
  MAX_TOKENS,
  /** One of {@link GenerationRequest#stopSequences()} appeared; it was not delivered. */
  STOP_SEQUENCE,
  /**
   * The stream was cancelled or closed, its thread was interrupted, or its context or model closed.
   */
  CANCELLED,
  /** {@link GenerationRequest#timeout()} passed. */
  TIMEOUT,
  /** The context had no room for another token. */
  CONTEXT_FULL,
  /** A newer stream was started on the same context. */
  SUPERSEDED,
  /** The generation failed; the exception was thrown to the consumer. */
  FAILED
}
