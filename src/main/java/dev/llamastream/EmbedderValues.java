package dev.llamastream;

import static java.util.Objects.requireNonNull;

import dev.llamastream.internal.Check;

/** What {@link EmbedderParams} holds, and the checks of it. */
record EmbedderValues(int contextSize, Pooling pooling, boolean normalize, int threads) {
  EmbedderValues {
    Check.range("contextSize", contextSize, 0, 1 << 20);
    requireNonNull(pooling, "pooling");
    Check.range("threads", threads, 0, 512);
  }
}
