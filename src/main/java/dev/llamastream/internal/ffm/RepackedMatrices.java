package dev.llamastream.internal.ffm;

import dev.llamastream.gguf.GgmlType;
import dev.llamastream.internal.bindings.LibLlama;
import dev.llamastream.internal.natives.NativeError;
import dev.llamastream.internal.natives.NativeLibrary;
import dev.llamastream.internal.natives.NativeLog;
import java.lang.foreign.Arena;
import java.util.List;

/** Which matrices the CPU backend stores in a layout of its own. */
public final class RepackedMatrices {

  private RepackedMatrices() {}

  /**
   * Whether the CPU backend repacks a matrix of this type, and so has faster kernels for it.
   *
   * @param dimensions those of the tensor, 2 or 3
   */
  public static boolean contains(GgmlType type, List<Long> dimensions) {
    if (dimensions.getFirst() % type.blockSize() != 0) {
      return false;
    }
    NativeLibrary.load();
    try (Arena arena = Arena.ofConfined()) {
      NativeError error = new NativeError(arena);
      int repacks =
          LibLlama.ls_cpu_repacks(
              type.number(),
              dimensions.getFirst(),
              dimensions.get(1),
              dimensions.size() > 2 ? dimensions.get(2) : 1,
              error.segment());
      // a failure too: a remark about speed is no reason to fail
      NativeLog.drain();
      return repacks == 1;
    }
  }
}
