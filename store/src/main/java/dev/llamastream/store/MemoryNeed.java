package dev.llamastream.store;

import static java.util.Objects.requireNonNull;

import com.sun.management.OperatingSystemMXBean;
import dev.llamastream.InvalidValueException;
import dev.llamastream.gguf.GgufFile;
import dev.llamastream.store.internal.memory.Estimate;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Locale;

/**
 * How much memory a model takes with one context, worked out from its file, without loading it.
 * Immutable.
 *
 * <p>Weights and cache are what libllama allocates, with an F16 cache and all cells of sliding
 * windows. The rest is an estimate for the default batch sizes and flash attention: between half
 * and twice what libllama reserves. For models with sparse attention the cache is an estimate too,
 * and the rest may be several times too small. Not counted are the Java heap, and a copy of the
 * output matrix that the processor's kernels may want.
 *
 * @since 0.1.0
 */
public final class MemoryNeed {

  private final int contextSize;
  private final long weights;
  private final long kvCache;
  private final long compute;

  private MemoryNeed(Estimate estimate) {
    contextSize = (int) Math.min(estimate.cells(), Integer.MAX_VALUE);
    weights = estimate.weights();
    kvCache = estimate.cache();
    compute = estimate.compute();
  }

  /**
   * Works out what a model takes.
   *
   * @param files all of its files, from {@link GgufFile#readAll}
   * @param contextSize in tokens; range [0, 2147483391], 0 for what the model was trained for
   */
  public static MemoryNeed of(List<GgufFile> files, int contextSize) {
    requireNonNull(files, "files");
    if (files.isEmpty()) {
      throw new InvalidValueException("files", "is empty; GgufFile.readAll returns a model's");
    }
    if (contextSize < 0 || contextSize > Integer.MAX_VALUE - 256) {
      throw InvalidValueException.outOfRange("contextSize", "", contextSize, "[0, 2147483391]");
    }
    return new MemoryNeed(new Estimate(files, contextSize));
  }

  /** The context in tokens, rounded up to a multiple of 256 as libllama does. */
  public int contextSize() {
    return contextSize;
  }

  /** The weights in bytes. */
  public long weights() {
    return weights;
  }

  /** The cache of keys and values, and the states of recurrent layers, in bytes. */
  public long kvCache() {
    return kvCache;
  }

  /** What a step works with, in bytes: an estimate. */
  public long compute() {
    return compute;
  }

  /** All of it in bytes. */
  public long total() {
    long cacheAndCompute = saturatedSum(kvCache, compute);
    return saturatedSum(weights, cacheAndCompute);
  }

  private static long saturatedSum(long a, long b) {
    return a > Long.MAX_VALUE - b ? Long.MAX_VALUE : a + b;
  }

  /** Whether all of it fits into so many bytes, {@link #machineMemory()} for instance. */
  public boolean fits(long memoryBytes) {
    return total() <= memoryBytes;
  }

  /** The memory of this machine, or of the container that this process runs in, in bytes. */
  public static long machineMemory() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
  }

  /** For instance {@code 2.1 GB: weights 1.8 GB, context of 4096 tokens 0.3 GB}. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%.1f GB: weights %.1f GB, context of %d tokens %.1f GB",
        total() / 1e9,
        weights / 1e9,
        contextSize,
        saturatedSum(kvCache, compute) / 1e9);
  }
}
