package dev.llamastream.internal.ffm;

import dev.llamastream.QuantizationException;
import dev.llamastream.internal.bindings.LibLlama;
import dev.llamastream.internal.bindings.ls_quantize_progress;
import dev.llamastream.internal.natives.NativeError;
import dev.llamastream.internal.natives.NativeLibrary;
import dev.llamastream.internal.natives.NativeLog;
import dev.llamastream.internal.natives.NativePath;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** Calls llama.cpp's quantizer. */
public final class Quantizer {

  private Quantizer() {}

  /**
   * Quantizes a checked model. The target may be there in part afterwards, unless it returns true.
   *
   * @param fileType the number of the type, one that needs no importance matrix
   * @param threads at least 1
   * @param progress is called before each tensor with the number of those before it; false stops
   * @return false if it was stopped
   */
  public static boolean quantize(
      Path source,
      Path target,
      int fileType,
      int threads,
      boolean allowRequantize,
      IntPredicate progress) {
    NativeLibrary.load();
    try (Arena arena = Arena.ofConfined()) {
      NativeError error = new NativeError(arena);
      Progress guarded = new Progress(progress);
      int done =
          LibLlama.ls_quantize(
              NativePath.allocate(arena, source),
              NativePath.allocate(arena, target),
              fileType,
              threads,
              allowRequantize,
              ls_quantize_progress.allocate(guarded::onProgress, arena),
              MemorySegment.NULL,
              error.segment());
      if (guarded.thrown != null) {
        throw new QuantizationException(source + ": the progress listener failed", guarded.thrown);
      }
      if (done == LibLlama.LS_FAILED()) {
        throw error.failure(message -> failure(source, target, message));
      }
      NativeLog.drain();
      return done == 1;
    }
  }

  /** llama.cpp's message is the standard library's, without a reason, if it cannot write. */
  private static QuantizationException failure(Path source, Path target, String message) {
    if (!message.contains("basic_ios") && !message.contains("ios_base")) {
      return new QuantizationException(source + ": " + message);
    }
    String room;
    try {
      room = Files.getFileStore(target).getUsableSpace() + " bytes are free there";
    } catch (IOException e) {
      room = String.valueOf(e);
    }
    return new QuantizationException(target + ": cannot be written (" + message + "); " + room);
  }

  /** The listener, which must not throw into native code. */
  private static final class Progress {
    private final IntPredicate progress;
    private @Nullable Throwable thrown;

    Progress(IntPredicate progress) {
      this.progress = progress;
    }

    @SuppressWarnings("CatchThrowable")
    boolean onProgress(int tensors, MemorySegment ignored) {
      try {
        return progress.test(tensors);
      } catch (Throwable e) {
        thrown = e;
        return false;
      }
    }
  }
}
