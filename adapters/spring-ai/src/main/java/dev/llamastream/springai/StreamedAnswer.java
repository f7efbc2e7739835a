package dev.llamastream.springai;

import dev.llamastream.FinishReason;
import dev.llamastream.Generator;
import dev.llamastream.StreamStats;
import dev.llamastream.chat.ChatAnswer;
import dev.llamastream.chat.ChatDelta;
import dev.llamastream.chat.ChatRequest;
import dev.llamastream.chat.ChatStream;
import dev.llamastream.chat.ToolCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.metadata.ChatGenerationMetadata;
import org.springframework.ai.chat.metadata.ChatResponseMetadata;
import org.springframework.ai.chat.metadata.DefaultUsage;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;
import reactor.core.publisher.SynchronousSink;

/**
 * An answer as Spring AI's responses: one for each piece of text or thinking, then the last. Is
 * asked for with the first demand. One thread at a time may read, any thread may close.
 */
final class StreamedAnswer {

  private final Generator generator;
  private final ChatRequest request;
  private final String model;
  private final ChatResponseMetadata metadata;
  private final StringBuilder thinking = new StringBuilder();
  private final List<ToolCall> calls = new ArrayList<>();
  private volatile @Nullable ChatStream stream;
  private volatile boolean closed;

  StreamedAnswer(Generator generator, ChatRequest request, String model) {
    this.generator = generator;
    this.request = request;
    this.model = model;
    this.metadata = ChatResponseMetadata.builder().model(model).build();
  }

  /** Emits the next response. Waits until there is one. */
  void emit(SynchronousSink<ChatResponse> sink) {
    ChatStream open;
    try {
      open = stream == null ? open() : stream;
    } catch (CancellationException e) {
      if (!closed) {
        throw e;
      }
      // nobody listens any more
      sink.complete();
      return;
    }
    while (open.hasNext()) {
      switch (open.next()) {
        case ChatDelta.Text(String text) -> {
          sink.next(piece(text, Map.of()));
          return;
        }
        case ChatDelta.Thinking(String text) -> {
          thinking.append(text);
          sink.next(piece("", Map.of(LlamaChatModel.THINKING, text)));
          return;
        }
        case ChatDelta.ToolCallDone(int _, ToolCall call) -> calls.add(call);
        case ChatDelta.ToolCallBegun _, ChatDelta.ToolCallArguments _ -> {}
      }
    }
    sink.next(last(open));
    sink.complete();
  }

  private ChatStream open() {
    ChatStream open = generator.chat(request);
    stream = open;
    if (closed) {
      // meanwhile, when there was nothing to close yet
      open.close();
    }
    return open;
  }

  /** Ends the generation. */
  void close() {
    closed = true;
    ChatStream open = stream;
    if (open != null) {
      open.close();
    }
  }

  private ChatResponse piece(String text, Map<String, Object> properties) {
    AssistantMessage message =
        AssistantMessage.builder().content(text).properties(properties).build();
    return new ChatResponse(List.of(new Generation(message)), metadata);
  }

  /** What is known at the end. The text is left out: it was in the pieces. */
  private ChatResponse last(ChatStream ended) {
    return response(
        ChatAnswer.builder()
            .thinking(thinking.toString())
            .toolCalls(calls)
            .finishReason(ended.finishReason().orElseThrow())
            .stats(ended.stats())
            .build(),
        model);
  }

  /** A whole answer. */
  static ChatResponse response(ChatAnswer answer, String model) {
    FinishReason reason = answer.finishReason();
    // a call that was cut off is no call
    List<ToolCall> calls = whole(reason) ? answer.toolCalls() : List.of();
    AssistantMessage message =
        AssistantMessage.builder()
            .content(answer.text())
            .properties(
                answer.thinking().isEmpty()
                    ? Map.of()
                    : Map.of(LlamaChatModel.REASONING, answer.thinking()))
            .toolCalls(calls.stream().map(StreamedAnswer::call).toList())
            .build();
    ChatGenerationMetadata metadata =
        ChatGenerationMetadata.builder()
            .finishReason(calls.isEmpty() ? name(reason) : "TOOL_CALLS")
            .metadata(LlamaChatModel.REASON, reason)
            .build();
    return new ChatResponse(
        List.of(new Generation(message, metadata)),
        ChatResponseMetadata.builder().model(model).usage(usage(answer.stats())).build());
  }

  private static boolean whole(FinishReason reason) {
    return reason == FinishReason.END_OF_TEXT || reason == FinishReason.STOP_SEQUENCE;
  }

  private static AssistantMessage.ToolCall call(ToolCall call) {
    return new AssistantMessage.ToolCall(call.id(), "function", call.name(), call.arguments());
  }

  /** The names that OpenAI's models use, where they have one. */
  private static String name(FinishReason reason) {
    return switch (reason) {
      case END_OF_TEXT, STOP_SEQUENCE -> "STOP";
      case MAX_TOKENS, CONTEXT_FULL -> "LENGTH";
      case CANCELLED, TIMEOUT, SUPERSEDED, FAILED -> reason.name();
    };
  }

  private static DefaultUsage usage(StreamStats stats) {
    return new DefaultUsage(
        stats.promptTokens(),
        stats.generatedTokens(),
        null,
        stats,
        (long) stats.cachedPromptTokens(),
        null);
  }
}
