package dev.llamastream.server.internal.http;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/** The parts that handlers have opened for a loaded model, such as embedders. Thread-safe. */
public final class ModelParts implements AutoCloseable {

  private final Map<Class<?>, AutoCloseable> parts = new LinkedHashMap<>();

  private final Runnable beforeOpening;
  private boolean closed;

  /**
   * Starts without parts.
   *
   * @param beforeOpening called before a part is opened; throws if there is no memory for it
   */
  public ModelParts(Runnable beforeOpening) {
    this.beforeOpening = beforeOpening;
  }

  /**
   * The part of this type, which is opened if there is none.
   *
   * @throws IllegalStateException if the parts are closed
   */
  public synchronized <T extends AutoCloseable> T get(Class<T> type, Supplier<T> opener) {
    if (closed) {
      throw new IllegalStateException("closed");
    }
    return type.cast(
        parts.computeIfAbsent(
            type,
            _ -> {
              beforeOpening.run();
              return opener.get();
            }));
  }

  /** Closes all parts. After that, none can be opened. */
  @Override
  public synchronized void close() {
    closed = true;
    parts.values().forEach(ModelParts::close);
    parts.clear();
  }

  private static void close(AutoCloseable part) {
    try {
      part.close();
    } catch (Exception e) {
      throw new IllegalStateException("a part of a model did not close", e);
    }
  }
}
