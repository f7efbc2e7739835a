package dev.llamastream.internal.ffm;

import static dev.llamastream.internal.bindings.LibLlama.C_INT;

import dev.llamastream.ContextCreationException;
import dev.llamastream.GenerationException;
import dev.llamastream.internal.bindings.LibLlama;
import dev.llamastream.internal.natives.NativeError;
import dev.llamastream.internal.natives.NativeLog;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * An {@code ls_context}: how it is made, used, stopped and freed, whatever it computes. A failure
 * that may have left it half changed poisons it: it refuses work and can only be closed.
 */
final class NativeContext {

  private static final VarHandle FLAG = C_INT.varHandle();
  // bits of the stop flag: neither can undo the other
  private static final int STOP = 1;
  private static final int CLOSE = 2;

  private final String name;
  private final Arena arena;
  private final NativeError error;
  private final MemorySegment segment;
  private final MemorySegment stopFlag;
  private final Lifetime lifetime;
  private @Nullable GenerationException poison;

  /**
   * Makes one.
   *
   * @param name what it is, for messages: "the context"
   * @param exclusive whether one thread at a time may be inside
   * @param params {@code llama_context_params}
   * @param arena owns it
   * @param free runs when nobody is inside any more; closes the arena
   */
  NativeContext(
      String name,
      boolean exclusive,
      ModelHandle model,
      MemorySegment params,
      Arena arena,
      Runnable free) {
    this.name = name;
    this.arena = arena;
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

  /** Gives it back. */
  void exit() {
    lifetime.release();
  }

  /** Refuses one that is poisoned. */
  void requireUsable() {
    if (poison != null) {
      throw new GenerationException(
          name + " failed before and can only be closed: " + poison.getMessage(), poison);
    }
  }

  boolean failed() {
    return poison != null;
  }

  /** What the last native call failed with. */
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
   * @param count how many tokens it has
   * @return false if it was stopped: an unknown number of them was computed
   */
  boolean decode(MemorySegment batch, int count) {
    int status = LibLlama.ls_decode(segment, batch, error.segment());
    NativeLog.drain();
    return switch (status) {
      case 0 -> true;
      case 1 -> throw new GenerationException("no room in the KV cache for " + count + " tokens");
      case 2 -> false;
      default -> throw failure();
    };
  }

  /** Stops what runs within one graph node, and what follows until {@link #forgetStop()}. */
  void stop() {
    lifetime.ifNotFreed(() -> raise(STOP));
  }

  /** Forgets an earlier {@link #stop()}; a close is never forgotten. */
  void forgetStop() {
    FLAG.getAndBitwiseAnd(stopFlag, 0L, ~STOP);
  }

  private void raise(int bit) {
    FLAG.getAndBitwiseOr(stopFlag, 0L, bit);
  }

  boolean isClosed() {
    return lifetime.isClosed();
  }

  /**
   * Stops what runs, waits for it to leave native code, and frees. Any thread, any number of times.
   *
   * @param hurry runs too, if somebody is inside
   */
  void close(Runnable hurry) {
    lifetime.close(
        () -> {
          raise(CLOSE);
          hurry.run();
        });
  }

  /** Frees its memory and itself. */
  void free() {
    arena.close();
  }
}
