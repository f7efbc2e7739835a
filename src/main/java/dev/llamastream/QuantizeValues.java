package dev.llamastream;

import static java.util.Objects.requireNonNull;

import dev.llamastream.internal.Check;

/** The values of {@link QuantizeParams} and their checks. */
record QuantizeValues(
    QuantizationType type,
    int threads,
    boolean allowRequantize,
    QuantizeListener progressListener) {
  QuantizeValues {
    requireNonNull(type, "type");
    Check.range("threads", threads, 0, 512);
    requireNonNull(progressListener, "progressListener");
  }
}
