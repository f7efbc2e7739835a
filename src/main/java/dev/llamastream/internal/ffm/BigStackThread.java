package dev.llamastream.internal.ffm;

import dev.llamastream.GenerationException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs slow or deeply recursive native code on dedicated threads, few at a time, with large enough
 * stacks. Most BPE tokenizers of llama.cpp use {@code std::regex}, which recurses for each
 * character of a word. A stack overflow there ends the JVM.
 *
 * <p>A caller that is interrupted or times out returns at once. The native code cannot be stopped:
 * it runs to its end and keeps its place until then. Its model is not freed before.
 */
final class BigStackThread {

  /** A text of up to this many bytes fits on any stack. */
  private static final int SHALLOW = 512;

  /** Stack per byte of text: GCC 12 takes some 300. */
  private static final long DEPTH = 1024;

  private static final long BESIDES = 256 << 10;

  /** For an interpreter, which limits its own recursion to an eighth. */
  private static final long INTERPRETER = 64 << 20;

  /** A text of more bytes may take seconds. */
  private static final int LONG = 16 << 10;

  private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

  /** More threads would be no faster, and each may use all of its stack. */
  private static final Semaphore ROOM = new Semaphore(Math.max(2, PROCESSORS), true);

  /** One place fewer, so that short texts need not wait until all long texts are done. */
  private static final Semaphore ROOM_FOR_LONG = new Semaphore(Math.max(1, PROCESSORS - 1), true);

  private final @Nullable ModelHandle model;
  private final List<Semaphore> rooms;
  private final long stackSize;
  private final long deadline;

  private BigStackThread(
      @Nullable ModelHandle model, List<Semaphore> rooms, long stackSize, Duration timeout) {
    this.model = model;
    this.rooms = rooms;
    this.stackSize = stackSize;
    this.deadline = timeout.isZero() ? Long.MAX_VALUE : System.nanoTime() + timeout.toNanos();
  }

  /**
   * Processes a text: on this thread if it is short, otherwise on a dedicated one.
   *
   * @param bytes the length of the text
   * @param timeout how long this may wait; zero for no limit
   * @throws CancellationException if the caller is interrupted (its interrupt status stays set) or
   *     times out
   * @throws GenerationException if there is no memory for the stack
   */
  static <T> T call(ModelHandle model, int bytes, Duration timeout, Supplier<T> work) {
    if (bytes <= SHALLOW) {
      return work.get();
    }
    List<Semaphore> rooms = bytes > LONG ? List.of(ROOM_FOR_LONG, ROOM) : List.of(ROOM);
    return new BigStackThread(model, rooms, BESIDES + DEPTH * bytes, timeout).run(work, _ -> {});
  }

  /**
   * Creates an object on a dedicated thread.
   *
   * @param discard receives the object if its caller has left
   * @throws RuntimeException as {@link #call} does
   */
  static <T> T make(ModelHandle model, Duration timeout, Supplier<T> work, Consumer<T> discard) {
    return new BigStackThread(model, List.of(ROOM), BESIDES, timeout).run(work, discard);
  }

  /** Runs a program of somebody else's, such as a chat template. See {@link #make}. */
  static <T> T interpret(
      ModelHandle model, Duration timeout, Supplier<T> work, Consumer<T> discard) {
    return new BigStackThread(model, List.of(ROOM), INTERPRETER, timeout).run(work, discard);
  }

  /** The same for code that needs no model. It gives up by itself after some time. */
  static <T> T interpret(Supplier<T> work) {
    return new BigStackThread(null, List.of(ROOM), INTERPRETER, Duration.ZERO).run(work, _ -> {});
  }

  private <T> T run(Supplier<T> work, Consumer<T> discard) {
    enter();
    CompletableFuture<T> result = new CompletableFuture<>();
    CompletableFuture<Void> end = new CompletableFuture<>();
    if (model != null) {
      model.opened(end, end::join);
    }
    boolean started = false;
    try {
      Thread.ofPlatform()
          .name("llamastream-prepare")
          .daemon()
          .stackSize(stackSize)
          .start(
              () -> {
                complete(result, work, discard);
                leave(end);
              });
      started = true;
    } catch (OutOfMemoryError e) {
      throw new GenerationException(
          String.format(Locale.ROOT, "there is no memory for a stack of %,d bytes", stackSize), e);
    } finally {
      if (!started) {
        leave(end);
      }
    }
    return await(result);
  }

  private void enter() {
    int entered = 0;
    try {
      for (Semaphore room : rooms) {
        if (!room.tryAcquire(remaining(), TimeUnit.NANOSECONDS)) {
          throw late();
        }
        entered++;
      }
    } catch (InterruptedException e) {
      throw interrupted();
    } finally {
      if (entered < rooms.size()) {
        rooms.subList(0, entered).forEach(Semaphore::release);
      }
    }
  }

  private void leave(CompletableFuture<Void> end) {
    rooms.forEach(Semaphore::release);
    if (model != null) {
      model.freed(end);
    }
    end.complete(null);
  }

  private long remaining() {
    return deadline == Long.MAX_VALUE ? deadline : Math.max(0, deadline - System.nanoTime());
  }

  @SuppressWarnings("CatchThrowable") // passed on to the waiting caller
  private static <T> void complete(
      CompletableFuture<T> result, Supplier<T> work, Consumer<T> discard) {
    try {
      T made = work.get();
      if (!result.complete(made)) {
        discard.accept(made);
      }
    } catch (Throwable e) {
      result.completeExceptionally(e);
    }
  }

  private <T> T await(CompletableFuture<T> result) {
    try {
      return result.get(remaining(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      return leaveUnlessDone(result, interrupted());
    } catch (TimeoutException e) {
      return leaveUnlessDone(result, late());
    } catch (ExecutionException e) {
      return done(result);
    }
  }

  private static <T> T leaveUnlessDone(CompletableFuture<T> result, CancellationException why) {
    if (result.completeExceptionally(why)) {
      throw why;
    }
    return done(result);
  }

  private static <T> T done(CompletableFuture<T> result) {
    try {
      return result.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  private static CancellationException interrupted() {
    Thread.currentThread().interrupt();
    return new CancellationException("the thread was interrupted");
  }

  private static CancellationException late() {
    return new CancellationException("timeout: over before the prompt was prepared");
  }
}
