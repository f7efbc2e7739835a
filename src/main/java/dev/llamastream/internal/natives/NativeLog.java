package dev.llamastream.internal.natives;

import static dev.llamastream.internal.bindings.LibLlama.C_CHAR;
import static dev.llamastream.internal.bindings.LibLlama.C_INT;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.llamastream.internal.bindings.LibLlama;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Sends libllama's log to the {@link Logger} "dev.llamastream.native". Lines wait in native code
 * until the call that logged them returns. An upcall would tie the library to this class.
 */
public final class NativeLog {

  private static final Logger LOGGER = System.getLogger("dev.llamastream.native");
  private static final int MOST_BYTES = 4096;

  /** How many lines wait. */
  private static final MemorySegment WAITING =
      LibLlama.ls_log_waiting().reinterpret(C_INT.byteSize());

  private NativeLog() {}

  /** Starts the log. Lines below the logger's current level are not kept. */
  public static void install() {
    LibLlama.ls_log_set_level(minLevel());
  }

  private static int minLevel() {
    if (LOGGER.isLoggable(Level.TRACE)) {
      return LibLlama.GGML_LOG_LEVEL_DEBUG();
    }
    return LOGGER.isLoggable(Level.DEBUG)
        ? LibLlama.GGML_LOG_LEVEL_INFO()
        : LibLlama.GGML_LOG_LEVEL_WARN();
  }

  /** Logs the waiting lines. Costs nothing when there are none. */
  public static void drain() {
    if (WAITING.get(C_INT, 0) != 0) {
      takeAll();
    }
  }

  private static void takeAll() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(MOST_BYTES);
      MemorySegment level = arena.allocate(C_INT);
      int length;
      while ((length = LibLlama.ls_log_take(buffer, MOST_BYTES, level)) >= 0) {
        byte[] line = buffer.asSlice(0, Math.min(length, MOST_BYTES)).toArray(C_CHAR);
        LOGGER.log(javaLevel(level.get(C_INT, 0)), new String(line, UTF_8));
      }
    }
  }

  private static Level javaLevel(int level) {
    if (level == LibLlama.GGML_LOG_LEVEL_ERROR()) {
      return Level.ERROR;
    }
    if (level == LibLlama.GGML_LOG_LEVEL_WARN()) {
      return Level.WARNING;
    }
    // llama.cpp's INFO fills a page per load, useful only for debugging
    return level == LibLlama.GGML_LOG_LEVEL_INFO() ? Level.DEBUG : Level.TRACE;
  }
}
