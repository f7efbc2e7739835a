package dev.llamastream;

import static java.util.Objects.requireNonNull;

import dev.llamastream.internal.Check;

/**
 * How to open an {@link Embedder}. Immutable.
 *
 * @param contextSize how many tokens one text may have; 0 for as many as the model was trained
 *     with, which is the limit in any case. Of a model that sees the whole text at once (an
 *     encoder), more take more memory. Range [0, 2^20], default 2048
 * @param pooling how the tokens' embeddings become one. Default {@link Pooling#MODEL}
 * @param normalize whether embeddings are scaled to length 1. Default true
 * @param threads threads that compute; 0 for as many as the JVM has processors. Range [0, 512],
 *     default 0
 */
public record EmbedderParams(int contextSize, Pooling pooling, boolean normalize, int threads) {

  private static final EmbedderParams DEFAULTS = builder().build();

  /** Checks the ranges. */
  public EmbedderParams {
    Check.range("contextSize", contextSize, 0, 1 << 20);
    requireNonNull(pooling, "pooling");
    Check.range("threads", threads, 0, 512);
  }

  /** All defaults. */
  public static EmbedderParams defaults() {
    return DEFAULTS;
  }

  /** A builder that starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Builds {@link EmbedderParams}. Not thread-safe. */
  public static final class Builder {
    private int contextSize = 2048;
    private Pooling pooling = Pooling.MODEL;
    private boolean normalize = true;
    private int threads;

    private Builder() {}

    /** See {@link EmbedderParams#contextSize()}. */
    public Builder contextSize(int value) {
      contextSize = value;
      return this;
    }

    /** See {@link EmbedderParams#pooling()}. */
    public Builder pooling(Pooling value) {
      pooling = value;
      return this;
    }

    /** See {@link EmbedderParams#normalize()}. */
    public Builder normalize(boolean value) {
      normalize = value;
      return this;
    }

    /** See {@link EmbedderParams#threads()}. */
    public Builder threads(int value) {
      threads = value;
      return this;
    }

    /** Checks everything and builds. */
    public EmbedderParams build() {
      return new EmbedderParams(contextSize, pooling, normalize, threads);
    }
  }
}
