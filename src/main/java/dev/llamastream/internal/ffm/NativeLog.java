package dev.llamastream.internal.ffm;

import dev.llamastream.internal.bindings.LibLlama;
import dev.llamastream.internal.bindings.ls_log_callback;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Sends libllama's log to the {@link Logger} "dev.llamastream.native". */
final class NativeLog {

  private static final Logger LOGGER = System.getLogger("dev.llamastream.native");

  private NativeLog() {}

  /** Lines below the level that the logger has now never leave native code. */
  static void install() {
    MemorySegment callback = ls_log_callback.allocate(NativeLog::log, Arena.global());
    LibLlama.ls_log_set(callback, minLevel());
  }

  private static int minLevel() {
    if (LOGGER.isLoggable(Level.TRACE)) {
      return LibLlama.GGML_LOG_LEVEL_DEBUG();
    }
    return LOGGER.isLoggable(Level.DEBUG)
        ? LibLlama.GGML_LOG_LEVEL_INFO()
        : LibLlama.GGML_LOG_LEVEL_WARN();
  }

  /** An upcall: whatever is thrown from here would end the VM. */
  @SuppressWarnings("CatchThrowable")
  private static void log(int level, MemorySegment line) {
    try {
      LOGGER.log(javaLevel(level), line.getString(0));
    } catch (Throwable e) {
      // a log line is not worth the VM
    }
  }

  private static Level javaLevel(int level) {
    if (level == LibLlama.GGML_LOG_LEVEL_ERROR()) {
      return Level.ERROR;
    }
    if (level == LibLlama.GGML_LOG_LEVEL_WARN()) {
      return Level.WARNING;
    }
    // llama.cpp's INFO is a page for each load: of use to those who look for it
    return level == LibLlama.GGML_LOG_LEVEL_INFO() ? Level.DEBUG : Level.TRACE;
  }
}
