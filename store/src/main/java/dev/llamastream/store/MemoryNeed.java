package dev.llamastream.store;

import dev.llamastream.gguf.GgufFile;
import java.util.List;

/** Stub. */
public record MemoryNeed(long weights, long kvCache, long compute) {
  /** Stub. */
  public static MemoryNeed of(List<GgufFile> files, int contextSize) {
    return new MemoryNeed(files.getFirst().fileSize(), contextSize, 0);
  }

  /** Stub. */
  public long total() {
    return weights + kvCache + compute;
  }

  /** Stub. */
  public boolean fits(long memory) {
    return total() <= memory;
  }

  /** Stub. */
  public static long machineMemory() {
    return 24L << 30;
  }
}
