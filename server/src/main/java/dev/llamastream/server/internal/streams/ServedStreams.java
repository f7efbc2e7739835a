package dev.llamastream.server.internal.streams;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.ObjIntConsumer;

/** The streams of one request: opened together or not at all, and cancelled together. */
public final class ServedStreams implements AutoCloseable {

  private final List<ServedStream> streams = new ArrayList<>();

  private ServedStreams() {}

  /** Opens one for each of these; if one cannot be, those before it are closed. */
  public static <T> ServedStreams open(List<T> wanted, Function<T, ServedStream> opener) {
    ServedStreams opened = new ServedStreams();
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

  /** How many. */
  public int size() {
    return streams.size();
  }

  /** One of them. */
  public ServedStream get(int index) {
    return streams.get(index);
  }

  /**
   * Does this with each stream and its index, at the same time, and waits until all of it is done.
   * If it fails for one, the others are cancelled, and this throws what that threw.
   */
  public void forEach(ObjIntConsumer<ServedStream> task) {
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

  @SuppressWarnings("CatchThrowable") // whatever it is, the request has failed with it
  private void run(
      ObjIntConsumer<ServedStream> task, int index, AtomicReference<RuntimeException> failure) {
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
