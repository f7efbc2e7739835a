package dev.llamastream;

import static java.util.Objects.requireNonNull;

import dev.llamastream.internal.Check;

/** The values of {@link EmbedderParams} and their checks. */
record EmbedderValues(int contextSize, Pooling pooling, boolean normalize, int threads) {
  EmbedderValues {
    Check.range("contextSize", contextSize, 0, 1 << 20);
    requireNonNull(pooling, "pooling");
    Check.range("threads", threads, 0, 512);
  }
}
