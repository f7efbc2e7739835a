package dev.llamastream.springai;

import dev.llamastream.InvalidValueException;
import dev.llamastream.SamplerParams;
import dev.llamastream.chat.ChatMessage;
import dev.llamastream.chat.ChatRequest;
import dev.llamastream.chat.Tool;
import dev.llamastream.chat.ToolCall;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.Message;
import org.springframework.ai.chat.messages.ToolResponseMessage;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.content.MediaContent;
import org.springframework.ai.tool.definition.ToolDefinition;

/** Makes requests of Spring AI's prompts. */
final class PromptReader {

  private PromptReader() {}

  /** Checks what can be checked without the messages and the tools. */
  static void check(LlamaChatOptions options) {
    LlamaChatOptions alone = options.mutate().toolChoice(null).build();
    request(List.of(new UserMessage("")), alone, List.of());
  }

  static ChatRequest request(
      List<Message> messages, LlamaChatOptions options, List<ToolDefinition> tools) {
    ChatRequest.Builder request =
        ChatRequest.builder(messages(messages))
            .tools(tools.stream().map(PromptReader::tool).toList())
            .sampler(sampler(options));
    set(options.getToolChoice(), request::toolChoice);
    set(options.getParallelToolCalls(), request::parallelToolCalls);
    set(options.getOutputSchema(), request::responseSchema);
    set(options.getThinking(), request::thinking);
    set(options.getThinkingBudget(), request::thinkingBudget);
    set(options.getMaxTokens(), request::maxTokens);
    set(options.getStopSequences(), request::stopSequences);
    set(options.getTimeout(), request::timeout);
    set(options.getPriority(), request::priority);
    return request.build();
  }

  private static SamplerParams sampler(LlamaChatOptions options) {
    SamplerParams.Builder sampler = SamplerParams.builder();
    set(options.getTemperature(), sampler::temperature);
    set(options.getTopK(), sampler::topK);
    set(options.getTopP(), sampler::topP);
    set(options.getMinP(), sampler::minP);
    set(options.getTypicalP(), sampler::typicalP);
    set(options.getRepeatPenalty(), sampler::repeatPenalty);
    set(options.getFrequencyPenalty(), sampler::frequencyPenalty);
    set(options.getPresencePenalty(), sampler::presencePenalty);
    set(options.getPenaltyLastN(), sampler::penaltyLastN);
    set(options.getSeed(), sampler::seed);
    set(options.getGrammar(), sampler::grammar);
    return sampler.build();
  }

  private static <T> void set(@Nullable T value, Consumer<T> setter) {
    if (value != null) {
      setter.accept(value);
    }
  }

  private static Tool tool(ToolDefinition definition) {
    try {
      return Tool.of(definition.name(), definition.description(), definition.inputSchema());
    } catch (InvalidValueException e) {
      throw new InvalidValueException("tools", "\"" + definition.name() + "\", " + e.getMessage());
    }
  }

  private static List<ChatMessage> messages(List<Message> messages) {
    List<ChatMessage> read = new ArrayList<>();
    for (Message message : messages) {
      refuseMedia(message);
      switch (message) {
        case UserMessage user -> read.add(ChatMessage.user(text(user)));
        case AssistantMessage assistant -> read.add(assistant(assistant));
        case ToolResponseMessage tools ->
            tools.getResponses().forEach(response -> read.add(result(response)));
        case Message other -> read.add(ChatMessage.system(text(other)));
      }
    }
    return read;
  }

  private static void refuseMedia(Message message) {
    if (message instanceof MediaContent content && !content.getMedia().isEmpty()) {
      throw new InvalidValueException(
          "media", content.getMedia().getFirst().getMimeType() + ", must be none: text only");
    }
  }

  private static String text(Message message) {
    String text = message.getText();
    return text == null ? "" : text;
  }

  private static ChatMessage assistant(AssistantMessage message) {
    ChatMessage.Builder read = ChatMessage.builder(ChatMessage.Role.ASSISTANT);
    if (!text(message).isEmpty()) {
      read.text(text(message));
    }
    if (message.getMetadata().get(LlamaChatModel.REASONING) instanceof String thinking) {
      read.thinking(thinking);
    }
    return read.toolCalls(
            message.getToolCalls().stream()
                .map(call -> ToolCall.of(call.id(), call.name(), call.arguments()))
                .toList())
        .build();
  }

  private static ChatMessage result(ToolResponseMessage.ToolResponse response) {
    return ChatMessage.builder(ChatMessage.Role.TOOL)
        .toolCallId(response.id())
        .toolName(response.name())
        .text(response.responseData())
        .build();
  }
}
