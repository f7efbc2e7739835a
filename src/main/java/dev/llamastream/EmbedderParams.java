package dev.llamastream;

import org.jspecify.annotations.Nullable;

/**
 * The parameters for opening an {@link Embedder}. Immutable.
 *
 * @since 0.1.0
 */
public final class EmbedderParams {

  private static final EmbedderParams DEFAULTS = builder().build();

  private final EmbedderValues values;

  private EmbedderParams(EmbedderValues values) {
    this.values = values;
  }

  /** The parameters with all defaults. */
  public static EmbedderParams defaults() {
    return DEFAULTS;
  }

  /** A builder that starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts from these values. */
  public Builder toBuilder() {
    return new Builder()
        .contextSize(values.contextSize())
        .pooling(values.pooling())
        .normalize(values.normalize())
        .threads(values.threads());
  }

  /**
   * The maximum number of tokens in one text; 0 for the context size that the model was trained
   * with, which is always the upper limit. For a model that sees the whole text at once (an
   * encoder), a larger value takes more memory. Range [0, 2^20], default 2048.
   */
  public int contextSize() {
    return values.contextSize();
  }

  /** How the embeddings of the tokens are combined. Default {@link Pooling#MODEL}. */
  public Pooling pooling() {
    return values.pooling();
  }

  /** Whether embeddings are scaled to length 1. Default true. */
  public boolean normalize() {
    return values.normalize();
  }

  /**
   * The number of threads that compute. 0 lets the library choose, as for {@link
   * ContextParams#threads()}. Range [0, 512], default 0.
   */
  public int threads() {
    return values.threads();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof EmbedderParams that && values.equals(that.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  @Override
  public String toString() {
    return values.toString().replaceFirst("Values", "Params");
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

    /** Checks all values and builds the parameters. */
    public EmbedderParams build() {
      return new EmbedderParams(new EmbedderValues(contextSize, pooling, normalize, threads));
    }
  }
}
