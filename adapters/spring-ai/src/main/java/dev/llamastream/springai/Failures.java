package dev.llamastream.springai;

import dev.llamastream.LlamaException;
import dev.llamastream.engine.EngineOverloadedException;
import org.springframework.ai.retry.NonTransientAiException;
import org.springframework.ai.retry.TransientAiException;

/** The library's failures as the exceptions of Spring AI. */
final class Failures {

  private Failures() {}

  /**
   * What Spring AI's users expect: whether trying again may help. Bad values stay {@link
   * IllegalArgumentException}s.
   */
  static Throwable translated(Throwable failure) {
    return switch (failure) {
      case EngineOverloadedException overloaded ->
          new TransientAiException(message(overloaded), overloaded);
      case LlamaException other -> new NonTransientAiException(message(other), other);
      default -> failure;
    };
  }

  /** For a failure of a call that declares none. */
  static RuntimeException translated(RuntimeException failure) {
    return (RuntimeException) translated((Throwable) failure);
  }

  private static String message(LlamaException failure) {
    return String.valueOf(failure.getMessage());
  }
}
