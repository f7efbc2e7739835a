package dev.llamastream;

import org.jspecify.annotations.Nullable;

/**
 * The parameters for opening an {@link Reranker}. Immutable.
 *
 * @since 0.1.0
 */
public final class RerankerParams {

  private static final RerankerParams DEFAULTS = builder().build();

  private final RerankerValues values;

  private RerankerParams(RerankerValues values) {
    this.values = values;
  }

  /** The parameters with all defaults. */
  public static RerankerParams defaults() {
    return DEFAULTS;
  }

  /** A builder that starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts from these values. */
  public Builder toBuilder() {
    return new Builder().contextSize(values.contextSize()).threads(values.threads());
  }

  /**
   * The maximum number of tokens in a query with one document; 0 for the context size that the
   * model was trained with, which is always the upper limit. For a model that sees the whole text
   * at once (an encoder), a larger value takes more memory. Range [0, 2^20], default 2048.
   */
  public int contextSize() {
    return values.contextSize();
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
    return other instanceof RerankerParams that && values.equals(that.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  @Override
  public String toString() {
    return values.toString().replaceFirst("Values", "Params");
  }

  /** Builds {@link RerankerParams}. Not thread-safe. */
  public static final class Builder {
    private int contextSize = 2048;
    private int threads;

    private Builder() {}

    /** See {@link RerankerParams#contextSize()}. */
    public Builder contextSize(int value) {
      contextSize = value;
      return this;
    }

    /** See {@link RerankerParams#threads()}. */
    public Builder threads(int value) {
      threads = value;
      return this;
    }

    /** Checks all values and builds the parameters. */
    public RerankerParams build() {
      return new RerankerParams(new RerankerValues(contextSize, threads));
    }
  }
}
