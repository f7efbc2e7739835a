package dev.llamastream.engine;

import static java.util.Objects.requireNonNull;

import dev.llamastream.ContextParams;
import dev.llamastream.InvalidValueException;
import dev.llamastream.internal.Check;
import java.util.Optional;

/** The values of {@link EngineParams} and their checks. */
record EngineValues(
    int slots,
    ContextParams context,
    int maxTokensPerStream,
    int prefillChunk,
    int queueCapacity,
    int streamBuffer,
    boolean prefixCache,
    double prefixCacheShare,
    Optional<PrefixStore> prefixStore,
    EngineListener listener) {
  EngineValues {
    Check.range("slots", slots, 1, 128);
    Check.range("context.contextSize", context.contextSize(), 256, Integer.MAX_VALUE - 256);
    Check.range("context.batchSize", context.batchSize(), slots, 1 << 20);
    if (context.contextShift()) {
      throw new InvalidValueException("context.contextShift", "true, must be false in an engine");
    }
    Check.range("maxTokensPerStream", maxTokensPerStream, 0, Integer.MAX_VALUE);
    Check.range("prefillChunk", prefillChunk, 1, context.batchSize());
    Check.range("queueCapacity", queueCapacity, 1, 1 << 20);
    Check.range("streamBuffer", streamBuffer, 2, 1 << 20);
    if (!(prefixCacheShare >= 0 && prefixCacheShare <= 1)) {
      throw Check.outOfRange("prefixCacheShare", prefixCacheShare, "[0, 1]");
    }
    if (prefixStore.isPresent() && !prefixCache) {
      throw new InvalidValueException("prefixStore", "needs prefixCache");
    }
    requireNonNull(listener, "listener");
  }
}
