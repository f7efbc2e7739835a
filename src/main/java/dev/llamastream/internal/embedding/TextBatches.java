package dev.llamastream.internal.embedding;

import static java.util.Objects.requireNonNull;

import dev.llamastream.GenerationException;
import dev.llamastream.internal.embedding.TextRequest.Text;
import dev.llamastream.internal.ffm.EmbeddingHandle;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Computes the texts of all callers in batches, on a thread of its own. Thread-safe.
 *
 * <p>The thread ends after a while without texts, because a thread keeps the class loader of its
 * code alive.
 */
public final class TextBatches {

  private static final long IDLE_NANOS = 1_000_000_000;

  private final EmbeddingHandle handle;
  private final String name;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // guarded by the lock
  private final TextQueue waiting = new TextQueue();
  private List<Text> running = List.of();
  private boolean threadLives;
  private boolean closed;

  /**
   * Batches of a handle, which ends them when it is closed.
   *
   * @param name its owner, for messages: "the embedder"
   */
  public TextBatches(EmbeddingHandle handle, String name) {
    this.handle = handle;
    this.name = name;
    handle.onClose(this::close);
  }

  /**
   * Waits until all texts are computed. The caller holds a lease of the handle.
   *
   * @param texts the tokens of each, at most as many as fit
   * @return the numbers of each text
   * @throws CancellationException if the thread is interrupted; its interrupt status stays set
   * @throws GenerationException if the model failed
   * @throws IllegalStateException if the handle is closed meanwhile
   */
  public float[][] compute(List<int[]> texts) {
    if (texts.isEmpty()) {
      return new float[0][];
    }
    if (Thread.currentThread().isInterrupted()) {
      throw interrupted();
    }
    TextRequest request = new TextRequest(texts);
    add(request);
    try {
      return request.result().get();
    } catch (InterruptedException e) {
      drop(request);
      Thread.currentThread().interrupt();
      throw interrupted();
    } catch (ExecutionException e) {
      throw failure(requireNonNull(e.getCause()));
    }
  }

  private static CancellationException interrupted() {
    return new CancellationException("the thread was interrupted");
  }

  /** An exception with the stack of the caller. */
  private static RuntimeException failure(Throwable cause) {
    String message = String.valueOf(cause.getMessage());
    return cause instanceof IllegalStateException
        ? new IllegalStateException(message, cause)
        : new GenerationException(message, cause);
  }

  private void add(TextRequest request) {
    lock.lock();
    try {
      if (closed) {
        throw closedException();
      }
      waiting.add(request);
      changed.signal();
      if (!threadLives) {
        threadLives = true;
        start();
      }
    } finally {
      lock.unlock();
    }
  }

  private void start() {
    Thread thread =
        Thread.ofPlatform()
            .daemon()
            .name("llamastream-embeddings")
            .inheritInheritableThreadLocals(false)
            .unstarted(this::run);
    thread.setContextClassLoader(null);
    thread.start();
  }

  private void drop(TextRequest request) {
    boolean stops;
    lock.lock();
    try {
      boolean _ = request.result().cancel(false);
      waiting.dropEnded();
      stops = !running.isEmpty() && !wanted(running);
    } finally {
      lock.unlock();
    }
    if (stops) {
      // without the lock, which a close of the handle also takes
      handle.stop();
    }
  }

  private static boolean wanted(List<Text> batch) {
    return batch.stream().anyMatch(text -> !text.request().result().isDone());
  }

  private void close() {
    lock.lock();
    try {
      closed = true;
      waiting.clear().forEach(this::endClosed);
      running.forEach(text -> endClosed(text.request()));
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  private void endClosed(TextRequest request) {
    boolean _ = request.result().completeExceptionally(closedException());
  }

  private IllegalStateException closedException() {
    return new IllegalStateException(name + " is closed");
  }

  // ---- the thread

  private void run() {
    for (List<Text> batch = next(); !batch.isEmpty(); batch = next()) {
      compute(batch, batch.stream().map(Text::tokens).toList());
    }
  }

  /** Waits for the next batch; none if the thread is to end. */
  private List<Text> next() {
    lock.lock();
    try {
      running = List.of();
      long left = IDLE_NANOS;
      while (waiting.isEmpty() && left > 0 && !closed) {
        left = changed.awaitNanos(left);
      }
      running = waiting.next(handle.batchTokens(), handle.maxTexts());
      threadLives = !running.isEmpty();
      return running;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e); // no code interrupts this thread
    } finally {
      lock.unlock();
    }
  }

  @SuppressWarnings("CatchThrowable") // the callers wait
  private void compute(List<Text> batch, List<int[]> tokens) {
    try {
      handle.enter();
      try {
        float[][] numbers = untilDone(batch, tokens);
        for (int i = 0; i < numbers.length; i++) {
          batch.get(i).done(numbers[i]);
        }
      } finally {
        handle.exit();
      }
    } catch (Throwable e) {
      fail(batch, e);
    }
  }

  private void fail(List<Text> batch, Throwable failure) {
    batch.forEach(text -> text.request().result().completeExceptionally(failure));
    lock.lock();
    try {
      waiting.dropEnded();
    } finally {
      lock.unlock();
    }
  }

  /** The numbers of all texts; none if all callers have left. */
  private float[][] untilDone(List<Text> batch, List<int[]> tokens) {
    while (true) {
      handle.requireUsable();
      handle.forgetStop();
      if (!wanted(batch)) {
        return new float[0][];
      }
      float[][] numbers = handle.compute(tokens);
      if (numbers != null) {
        return numbers;
      }
      if (handle.isClosed()) {
        throw closedException();
      }
      // stopped because its callers have left, or those of the batch before
    }
  }
}
