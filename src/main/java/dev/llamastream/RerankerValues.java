package dev.llamastream;

import dev.llamastream.internal.Check;

/** The values of {@link RerankerParams} and their checks. */
record RerankerValues(int contextSize, int threads) {
  RerankerValues {
    Check.range("contextSize", contextSize, 0, 1 << 20);
    Check.range("threads", threads, 0, 512);
  }
}
