package dev.llamastream.langchain4j;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.exception.LangChain4jException;
import dev.langchain4j.exception.NonRetriableException;
import dev.langchain4j.exception.TimeoutException;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import dev.llamastream.StreamStats;
import dev.llamastream.chat.ChatAnswer;
import dev.llamastream.chat.ToolCall;
import java.util.List;
import java.util.UUID;

/** llamastream's answers as LangChain4j's. */
final class Responses {

  private Responses() {}

  /**
   * Converts an answer.
   *
   * @throws TimeoutException if its time was up
   * @throws LangChain4jException if it was cut off from outside
   */
  static ChatResponse of(ChatAnswer answer, ChatSettings settings) {
    List<ToolExecutionRequest> calls = answer.toolCalls().stream().map(Responses::of).toList();
    boolean thought = settings.returnThinking() && !answer.thinking().isEmpty();
    StreamStats stats = answer.stats();
    return ChatResponse.builder()
        .aiMessage(
            AiMessage.builder()
                .text(answer.text().isEmpty() ? null : answer.text())
                .thinking(thought ? answer.thinking() : null)
                .toolExecutionRequests(calls)
                .build())
        .metadata(
            LlamaChatResponseMetadata.builder()
                .id(UUID.randomUUID().toString())
                .modelName(settings.modelName())
                .tokenUsage(new TokenUsage(stats.promptTokens(), stats.generatedTokens()))
                .finishReason(reason(answer.finishReason(), !calls.isEmpty()))
                .stats(stats)
                .build())
        .build();
  }

  /** Converts a call of a tool. */
  static ToolExecutionRequest of(ToolCall call) {
    return ToolExecutionRequest.builder()
        .id(call.id())
        .name(call.name())
        .arguments(call.arguments())
        .build();
  }

  private static FinishReason reason(dev.llamastream.FinishReason reason, boolean calls) {
    return switch (reason) {
      case END_OF_TEXT, STOP_SEQUENCE -> calls ? FinishReason.TOOL_EXECUTION : FinishReason.STOP;
      case MAX_TOKENS, CONTEXT_FULL -> FinishReason.LENGTH;
      case TIMEOUT -> throw new TimeoutException("the answer took longer than its timeout");
      case SUPERSEDED ->
          throw new NonRetriableException(
              "somebody started another stream on the context, which ended this one");
      case CANCELLED, FAILED -> throw cancelled();
    };
  }

  private static LangChain4jException cancelled() {
    return new NonRetriableException(
        Thread.currentThread().isInterrupted()
            ? "the thread was interrupted"
            : "the engine, the context or the model was closed during the answer");
  }
}
