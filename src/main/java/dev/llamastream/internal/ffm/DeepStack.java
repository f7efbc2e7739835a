package dev.llamastream.internal.ffm;

import dev.llamastream.GenerationException;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * Runs native code that goes deeper with each byte of a text: most BPE tokenizers of llama.cpp use
 * {@code std::regex}, which calls itself for each character of a word. Where a stack ends, so does
 * the JVM.
 */
final class DeepStack {

  /** As many bytes of a text have room on any stack. */
  private static final int SHALLOW = 512;

  /** Of stack for each byte of text: GCC 12 takes some 300. */
  private static final long DEPTH = 1024;

  private static final long BESIDES = 256 << 10;

  /** Texts of more bytes may take seconds. */
  private static final int LONG = 16 << 10;

  private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

  /** More at once would be no faster, and each may touch all of its stack. */
  private static final Semaphore ROOM = new Semaphore(Math.max(2, PROCESSORS), true);

  /** One place fewer: others do not wait until all long texts are done. */
  private static final Semaphore ROOM_FOR_LONG = new Semaphore(Math.max(1, PROCESSORS - 1), true);

  private DeepStack() {}

  /**
   * Runs it here, or on a thread of its own, of which there are few at once. Waits for it: who is
   * interrupted meanwhile stays so.
   *
   * @param bytes the length of the text
   * @throws GenerationException if there is no memory for the stack
   */
  static <T> T call(int bytes, Supplier<T> work) {
    if (bytes <= SHALLOW) {
      return work.get();
    }
    return bytes > LONG
        ? inside(ROOM_FOR_LONG, () -> inside(ROOM, () -> callDeep(bytes, work)))
        : inside(ROOM, () -> callDeep(bytes, work));
  }

  /** Runs on a thread of its own what would hold a virtual thread's carrier for long. */
  static <T> T apart(Supplier<T> work) {
    return inside(ROOM, () -> callDeep(0, work));
  }

  private static <T> T inside(Semaphore room, Supplier<T> work) {
    room.acquireUninterruptibly();
    try {
      return work.get();
    } finally {
      room.release();
    }
  }

  private static <T> T callDeep(int bytes, Supplier<T> work) {
    CompletableFuture<T> result = new CompletableFuture<>();
    Thread thread =
        Thread.ofPlatform()
            .name("llamastream-tokenizer")
            .daemon()
            .stackSize(BESIDES + DEPTH * bytes)
            .unstarted(() -> complete(result, work));
    try {
      thread.start();
    } catch (OutOfMemoryError e) {
      throw new GenerationException(
          String.format(
              Locale.ROOT, "a text of %d bytes needs a stack that there is no memory for", bytes),
          e);
    }
    try {
      return result.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  @SuppressWarnings("CatchThrowable") // whatever it is, who waits must have it
  private static <T> void complete(CompletableFuture<T> result, Supplier<T> work) {
    try {
      result.complete(work.get());
    } catch (Throwable e) {
      result.completeExceptionally(e);
    }
  }
}
