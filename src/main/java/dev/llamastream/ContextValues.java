package dev.llamastream;

import static java.util.Objects.requireNonNull;

import dev.llamastream.internal.Check;
import java.util.Locale;

/** The values of {@link ContextParams} and their checks. */
record ContextValues(
    int contextSize,
    int batchSize,
    int microBatchSize,
    int threads,
    int batchThreads,
    FlashAttention flashAttention,
    KvCacheType kvCacheType,
    boolean contextShift,
    int keepTokens,
    boolean reproducible) {
  ContextValues {
    Check.range("contextSize", contextSize, 0, Integer.MAX_VALUE - 256);
    Check.range("batchSize", batchSize, 1, 1 << 20);
    Check.range("microBatchSize", microBatchSize, 1, batchSize);
    Check.range("threads", threads, 0, 512);
    Check.range("batchThreads", batchThreads, 0, 512);
    Check.range("keepTokens", keepTokens, 0, Integer.MAX_VALUE);
    requireNonNull(flashAttention, "flashAttention");
    requireNonNull(kvCacheType, "kvCacheType");
    if (kvCacheType.quantized() && (flashAttention == FlashAttention.OFF || reproducible)) {
      throw new InvalidValueException(
          "kvCacheType",
          String.format(
              Locale.ROOT, "%s, must be F32, F16 or BF16 without flash attention", kvCacheType));
    }
    if (reproducible && flashAttention == FlashAttention.ON) {
      throw new InvalidValueException(
          "flashAttention", "ON, must be AUTO or OFF in reproducible mode");
    }
  }
}
