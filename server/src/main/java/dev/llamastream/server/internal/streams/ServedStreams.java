package dev.llamastream.server.internal.streams;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.ObjIntConsumer;

/** The streams of one request. All are opened or none, and they are cancelled together. */
public final class ServedStreams<S extends ServedStream> implements AutoCloseable {

  private final List<S> streams = new ArrayList<>();

  private ServedStreams() {}

  /** Opens one stream per element. If one fails, those already open are closed. */
  public static <T, S extends ServedStream> ServedStreams<S> open(
      List<T> wanted, Function<T, S> opener) {
    ServedStreams<S> opened = new ServedStreams<>();
    boolean all = false;
    try {
      wanted.forEach(one -> opened.streams.add(opener.apply(one)));
      all = true;
      return opened;
    } finally {
      if (!all) {
        opened.close();
      }
    }
  }

  /** The number of streams. */
  public int size() {
    return streams.size();
  }

  /** The stream with this index. */
  public S get(int index) {
    return streams.get(index);
  }

  /**
   * Runs the task for all streams concurrently and waits until all have finished. If one fails, the
   * others are cancelled and its exception is thrown.
   */
  public void forEach(ObjIntConsumer<S> task) {
    if (streams.size() == 1) {
      task.accept(streams.getFirst(), 0);
      return;
    }
    AtomicReference<RuntimeException> failure = new AtomicReference<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < streams.size(); i++) {
        int index = i;
        threads.execute(() -> run(task, index, failure));
      }
    }
    RuntimeException first = failure.get();
    if (first != null) {
      throw first;
    }
  }

  @SuppressWarnings("CatchThrowable") // any failure fails the request
  private void run(ObjIntConsumer<S> task, int index, AtomicReference<RuntimeException> failure) {
    try {
      task.accept(streams.get(index), index);
    } catch (Throwable e) {
      RuntimeException unchecked =
          e instanceof RuntimeException already ? already : new IllegalStateException(e);
      if (failure.compareAndSet(null, unchecked)) {
        streams.forEach(ServedStream::cancel);
      }
    }
  }

  @Override
  public void close() {
    streams.forEach(ServedStream::close);
  }
}
