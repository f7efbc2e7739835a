package dev.llamastream.internal.ffm;

import static dev.llamastream.internal.bindings.LibLlama.C_INT;

import dev.llamastream.ContextCreationException;
import dev.llamastream.GenerationException;
import dev.llamastream.internal.bindings.LibLlama;
import dev.llamastream.internal.natives.NativeError;
import dev.llamastream.internal.natives.NativeLog;
import dev.llamastream.internal.threads.StepThreads;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * An {@code ls_context}: creation, use, stop and free, whatever it computes. A failure that may
 * have left it partly changed poisons it. A poisoned context refuses work and can only be closed.
 */
final class NativeContext {

  private static final VarHandle FLAG = C_INT.varHandle();
  // separate bits of the stop flag, so that neither can clear the other
  private static final int STOP = 1;
  private static final int CLOSE = 2;

  private final String name;
  private final Arena arena;
  private final StepThreads threads;
  private final boolean onGpu;
  private final NativeError error;
  private final MemorySegment segment;
  private final MemorySegment stopFlag;
  private final Lifetime lifetime;
  private @Nullable GenerationException poison;
  private volatile int usedThreads;

  /**
   * Creates a context.
   *
   * @param name the object, for messages: "the context"
   * @param exclusive whether only one thread at a time may be inside
   * @param params {@code llama_context_params}
   * @param threads how many compute a batch, at most as many as in the parameters
   * @param arena owns it
   * @param free runs when no thread is inside any more; closes the arena
   */
  NativeContext(
      String name,
      boolean exclusive,
      ModelHandle model,
      MemorySegment params,
      StepThreads threads,
      Arena arena,
      Runnable free) {
    this.name = name;
    this.arena = arena;
    this.threads = threads;
    this.onGpu = model.onGpu();
    error = new NativeError(arena);
    MemorySegment made = LibLlama.ls_context_new(model.segment(), params, error.segment());
    if (made.equals(MemorySegment.NULL)) {
      throw error.failure(ContextCreationException::new);
    }
    segment = Owned.object(made, arena, LibLlama::ls_context_free);
    stopFlag = LibLlama.ls_context_stop_flag(segment).reinterpret(C_INT.byteSize());
    lifetime = new Lifetime(name, exclusive, free);
  }

  MemorySegment segment() {
    return segment;
  }

  NativeError error() {
    return error;
  }

  /** Takes the lease, or one of them. */
  void enter() {
    lifetime.acquire();
  }

  /** Releases the lease. */
  void exit() {
    lifetime.release();
  }

  /** Throws if the context is poisoned. */
  void requireUsable() {
    if (poison != null) {
      throw new GenerationException(
          name + " failed before and can only be closed: " + poison.getMessage(), poison);
    }
  }

  boolean failed() {
    return poison != null;
  }

  /** The failure of the last native call. */
  GenerationException failure() {
    GenerationException failure = error.generationFailure();
    if (error.fatal()) {
      poison = failure;
    }
    return failure;
  }

  /**
   * Computes a batch.
   *
   * @param count the number of tokens in it
   * @return false if it was stopped after computing an unknown number of tokens
   */
  boolean decode(MemorySegment batch, int count) {
    use(threads.threads(count));
    long start = System.nanoTime();
    int status = LibLlama.ls_decode(segment, batch, error.segment());
    long nanos = System.nanoTime() - start;
    NativeLog.drain();
    return switch (status) {
      case 0 -> {
        threads.took(count, nanos);
        yield true;
      }
      case 1 -> throw new GenerationException("no room in the KV cache for " + count + " tokens");
      case 2 -> false;
      default -> throw failure();
    };
  }

  private void use(int number) {
    if (number != usedThreads) {
      LibLlama.llama_set_n_threads(LibLlama.ls_context_llama(segment), number, number);
      usedThreads = number;
    }
  }

  /** How many processors the next {@link #decode} of this many tokens keeps busy. */
  int processors(int count) {
    return onGpu ? 1 : threads.threads(count);
  }

  /** How many threads computed the last batch; 0 before the first. Any thread. */
  int threads() {
    return usedThreads;
  }

  /**
   * Stops a running decode within one graph node, and all later ones until {@link #forgetStop()}.
   */
  void stop() {
    lifetime.ifNotFreed(() -> raise(STOP));
  }

  /** Cancels the effect of an earlier {@link #stop()}, but never that of a close. */
  void forgetStop() {
    FLAG.getAndBitwiseAnd(stopFlag, 0L, ~STOP);
  }

  /** Whether a decode that runs now is being stopped. */
  boolean isStopped() {
    return (int) FLAG.getVolatile(stopFlag, 0L) != 0;
  }

  private void raise(int bit) {
    FLAG.getAndBitwiseOr(stopFlag, 0L, bit);
  }

  boolean isClosed() {
    return lifetime.isClosed();
  }

  /**
   * Stops a running decode, waits for its thread to leave native code, and frees the context. Any
   * thread, any number of times.
   *
   * @param hurry also runs if a thread is inside
   */
  void close(Runnable hurry) {
    lifetime.close(
        () -> {
          raise(CLOSE);
          hurry.run();
        });
  }

  /** Frees its memory and the context itself. */
  void free() {
    arena.close();
  }
}
