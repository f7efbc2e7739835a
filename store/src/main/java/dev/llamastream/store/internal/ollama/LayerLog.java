package dev.llamastream.store.internal.ollama;

import java.lang.System.Logger.Level;
import java.nio.file.Path;

/**
 * Warnings about a layer. A model can be used without what the layer says, so none is an error.
 *
 * @param layer the last part of its media type: {@code params}
 */
record LayerLog(String layer, Path file) {

  private static final System.Logger LOGGER = System.getLogger("dev.llamastream.store");

  /** Enough to recognize a value that is too long to be read. */
  private static final int MAX_REASON = 300;

  /** The whole layer is ignored. */
  void ignored(String reason) {
    log(reason + "; the layer is ignored");
  }

  /** A part of it is left out. */
  void leftOut(String key, String reason) {
    log(shortened(key) + ": " + shortened(reason) + "; it is left out");
  }

  private void log(String text) {
    LOGGER.log(Level.WARNING, () -> "Ollama's layer " + layer + ": " + text + " (" + file + ")");
  }

  private static String shortened(String text) {
    if (text.length() <= MAX_REASON) {
      return text;
    }
    int half = MAX_REASON / 2;
    return text.substring(0, half) + " ... " + text.substring(text.length() - half);
  }
}
