package dev.llamastream.langchain4j;

import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.LangChain4jException;
import dev.langchain4j.exception.NonRetriableException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.exception.TimeoutException;
import dev.llamastream.ChatTemplateException;
import dev.llamastream.GenerationException;
import dev.llamastream.PromptTooLongException;
import dev.llamastream.engine.EngineOverloadedException;
import java.util.concurrent.CancellationException;

/** What went wrong, as LangChain4j says it. */
final class Failures {

  private Failures() {}

  /** The exception for the caller who asked for an answer. */
  static RuntimeException ofChat(RuntimeException failure) {
    if (failure instanceof PromptTooLongException) {
      return new InvalidRequestException(
          failure.getMessage()
              + "; it consists of the messages and of the descriptions of the tools: send fewer,"
              + " or open a larger context",
          failure);
    }
    return of(failure);
  }

  /** The exception for LangChain4j's users. */
  static RuntimeException of(RuntimeException failure) {
    return switch (failure) {
      case LangChain4jException known -> known;
      case PromptTooLongException tooLong -> new InvalidRequestException(tooLong);
      case EngineOverloadedException overloaded -> new RateLimitException(overloaded);
      case ChatTemplateException template -> new InvalidRequestException(template);
      case IllegalArgumentException wrong -> new InvalidRequestException(wrong);
      case CancellationException cancelled when Thread.currentThread().isInterrupted() ->
          new NonRetriableException("the thread was interrupted", cancelled);
      case CancellationException late -> new TimeoutException(late);
      case GenerationException failed -> new InternalServerException(failed);
      // closed
      case IllegalStateException state -> new NonRetriableException(state);
      default -> failure;
    };
  }
}
