package dev.llamastream.internal.natives;

import dev.llamastream.GenerationException;
import dev.llamastream.LlamaException;
import dev.llamastream.NativeAssertionException;
import dev.llamastream.internal.bindings.LibLlama;
import dev.llamastream.internal.bindings.ls_error;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Function;

/** The {@code ls_error} that the native exception barrier fills in. */
public final class NativeError {

  private final MemorySegment segment;

  /** Creates an empty error in memory of the arena. */
  public NativeError(Arena arena) {
    segment = ls_error.allocate(arena);
  }

  /** The memory that the barrier fills in. */
  public MemorySegment segment() {
    return segment;
  }

  /** What went wrong. */
  public String message() {
    return ls_error.message(segment).getString(0);
  }

  /** Whether the object of the call may be partly changed. */
  public boolean fatal() {
    return ls_error.kind(segment) != LibLlama.LS_ERROR_REFUSED();
  }

  /** The error as the failure of a generation, or of an assertion. */
  public GenerationException generationFailure() {
    NativeLog.drain();
    return isAssertion()
        ? new NativeAssertionException(message())
        : new GenerationException(message());
  }

  /** The error as a failed assertion, or as what the caller makes of the message. */
  public LlamaException failure(Function<String, LlamaException> otherwise) {
    NativeLog.drain();
    return isAssertion() ? new NativeAssertionException(message()) : otherwise.apply(message());
  }

  private boolean isAssertion() {
    return ls_error.kind(segment) == LibLlama.LS_ERROR_ASSERTION();
  }
}
