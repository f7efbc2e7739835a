package dev.llamastream;

import org.jspecify.annotations.Nullable;

/**
 * The parameters for quantizing a model. Immutable; the defaults are llama.cpp's, except for the
 * number of threads.
 *
 * @since 0.1.0
 */
public final class QuantizeParams {

  private static final QuantizeParams DEFAULTS = builder().build();

  private final QuantizeValues values;

  private QuantizeParams(QuantizeValues values) {
    this.values = values;
  }

  /** The parameters with all defaults. */
  public static QuantizeParams defaults() {
    return DEFAULTS;
  }

  /** A builder that starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts from these values. */
  public Builder toBuilder() {
    return new Builder()
        .type(values.type())
        .threads(values.threads())
        .allowRequantize(values.allowRequantize())
        .progressListener(values.progressListener());
  }

  /** How to store the weights. Default {@link QuantizationType#Q8_0}. */
  public QuantizationType type() {
    return values.type();
  }

  /**
   * The number of threads that quantize; 0 for the number of processors of the JVM. Range [0, 512],
   * default 0.
   */
  public int threads() {
    return values.threads();
  }

  /**
   * Whether the source may be quantized already. What it has lost stays lost, so the result is
   * worse than if the original were quantized. Default false.
   */
  public boolean allowRequantize() {
    return values.allowRequantize();
  }

  /** Observes the quantization and may stop it. Default {@link QuantizeListener#NONE}. */
  public QuantizeListener progressListener() {
    return values.progressListener();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof QuantizeParams that && values.equals(that.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  @Override
  public String toString() {
    return values.toString().replaceFirst("Values", "Params");
  }

  /** Builds {@link QuantizeParams}. Not thread-safe. */
  public static final class Builder {
    private QuantizationType type = QuantizationType.Q8_0;
    private int threads;
    private boolean allowRequantize;
    private QuantizeListener progressListener = QuantizeListener.NONE;

    private Builder() {}

    /** See {@link QuantizeParams#type()}. */
    public Builder type(QuantizationType value) {
      type = value;
      return this;
    }

    /** See {@link QuantizeParams#threads()}. */
    public Builder threads(int value) {
      threads = value;
      return this;
    }

    /** See {@link QuantizeParams#allowRequantize()}. */
    public Builder allowRequantize(boolean value) {
      allowRequantize = value;
      return this;
    }

    /** See {@link QuantizeParams#progressListener()}. */
    public Builder progressListener(QuantizeListener value) {
      progressListener = value;
      return this;
    }

    /** Checks all values and builds the parameters. */
    public QuantizeParams build() {
      return new QuantizeParams(
          new QuantizeValues(type, threads, allowRequantize, progressListener));
    }
  }
}
