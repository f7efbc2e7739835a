package dev.llamastream.internal.ffm;

import dev.llamastream.GenerationException;
import dev.llamastream.LlamaException;
import dev.llamastream.NativeAssertionException;
import dev.llamastream.internal.bindings.LibLlama;
import dev.llamastream.internal.bindings.ls_error;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Function;

/** The {@code ls_error} that a barrier fills in. */
final class NativeError {

  private final MemorySegment segment;

  NativeError(Arena arena) {
    segment = ls_error.allocate(arena);
  }

  MemorySegment segment() {
    return segment;
  }

  String message() {
    return ls_error.message(segment).getString(0);
  }

  /** Whether whatever the call was about may be half changed. */
  boolean fatal() {
    return ls_error.kind(segment) != LibLlama.LS_ERROR_REFUSED();
  }

  GenerationException generationFailure() {
    NativeLog.drain();
    return isAssertion()
        ? new NativeAssertionException(message())
        : new GenerationException(message());
  }

  LlamaException failure(Function<String, LlamaException> otherwise) {
    NativeLog.drain();
    return isAssertion() ? new NativeAssertionException(message()) : otherwise.apply(message());
  }

  private boolean isAssertion() {
    return ls_error.kind(segment) == LibLlama.LS_ERROR_ASSERTION();
  }
}
