package dev.llamastream.langchain4j;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.Content;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.llamastream.chat.ChatMessage.Role;
import dev.llamastream.chat.ContentPart;
import dev.llamastream.chat.ToolCall;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** LangChain4j's messages as llamastream's. */
final class Messages {

  private Messages() {}

  /**
   * Converts messages.
   *
   * @param thinking whether the model sees what it thought before earlier answers
   * @throws UnsupportedFeatureException if one is not text
   */
  static List<dev.llamastream.chat.ChatMessage> of(List<ChatMessage> messages, boolean thinking) {
    return messages.stream().map(message -> of(message, thinking)).toList();
  }

  private static dev.llamastream.chat.ChatMessage of(ChatMessage message, boolean thinking) {
    return switch (message) {
      case SystemMessage system -> dev.llamastream.chat.ChatMessage.system(system.text());
      case UserMessage user ->
          dev.llamastream.chat.ChatMessage.builder(Role.USER)
              .content(parts(user.contents()))
              .build();
      case AiMessage answer -> answer(answer, thinking);
      case ToolExecutionResultMessage result ->
          dev.llamastream.chat.ChatMessage.builder(Role.TOOL)
              .toolCallId(orEmpty(result.id()))
              .toolName(orEmpty(result.toolName()))
              .content(parts(result.contents()))
              .build();
      default ->
          throw new UnsupportedFeatureException(
              "messages of type " + message.type() + " are not supported by llamastream");
    };
  }

  private static dev.llamastream.chat.ChatMessage answer(AiMessage answer, boolean thinking) {
    dev.llamastream.chat.ChatMessage.Builder builder =
        dev.llamastream.chat.ChatMessage.builder(Role.ASSISTANT)
            .toolCalls(answer.toolExecutionRequests().stream().map(Messages::call).toList());
    if (!orEmpty(answer.text()).isEmpty()) {
      builder.text(answer.text());
    }
    if (thinking) {
      builder.thinking(orEmpty(answer.thinking()));
    }
    return builder.build();
  }

  private static ToolCall call(ToolExecutionRequest request) {
    String arguments = orEmpty(request.arguments());
    return ToolCall.of(
        orEmpty(request.id()), request.name(), arguments.isBlank() ? "{}" : arguments);
  }

  private static List<ContentPart> parts(List<Content> contents) {
    return contents.stream().map(Messages::part).toList();
  }

  private static ContentPart part(Content content) {
    if (content instanceof TextContent text) {
      return new ContentPart.Text(text.text());
    }
    throw new UnsupportedFeatureException(
        content.type().name().toLowerCase(Locale.ROOT)
            + " content is not supported by llamastream yet, nor is other non-text content");
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }
}
