package dev.llamastream.chat;

import static java.util.Objects.requireNonNull;

import dev.llamastream.Generator;
import dev.llamastream.PromptTooLongException;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Asks the model, and forgets the oldest turns if there is no room for all.
 *
 * @param options adds what every request has
 * @param maxMessages in turns; 0 for no limit
 */
record Asking(
    Generator generator,
    UnaryOperator<ChatRequest.Builder> options,
    ToolBox toolBox,
    int maxMessages) {

  /**
   * An answer that has begun.
   *
   * @param messages what the model was told
   */
  record Asked(List<ChatMessage> messages, ChatStream answer) {}

  /**
   * Asks.
   *
   * @param rounds how many times the model has called tools for this answer
   * @throws PromptTooLongException if even the last turn has no room
   */
  Asked ask(List<ChatMessage> messages, int rounds) {
    Turns turns = Turns.of(messages).atMost(maxMessages);
    int spare = 0;
    while (true) {
      ChatRequest request = request(turns.messages(), rounds);
      int size = generator.tokensPerStream();
      // forgetting makes the model read all again, so once it is time, forget for some turns ahead
      int room = size - Math.min(request.maxTokens(), size / 4) - spare;
      int tokens;
      try {
        ChatStream answer = generator.chat(request);
        tokens = answer.stats().promptTokens();
        if (tokens <= room || !turns.canForget()) {
          return new Asked(turns.messages(), answer);
        }
        answer.cancel();
      } catch (PromptTooLongException e) {
        if (!turns.canForget()) {
          throw e;
        }
        tokens = e.promptTokens();
      }
      room -= spare == 0 ? size / 4 : 0;
      spare = size / 4;
      turns = turns.withoutShare(1 - (double) room / tokens);
    }
  }

  private ChatRequest request(List<ChatMessage> messages, int rounds) {
    ChatRequest.Builder builder = ChatRequest.builder(messages).tools(toolBox.tools());
    ChatRequest request =
        requireNonNull(options.apply(builder), "request").messages(messages).build();
    if (rounds == 0) {
      return request;
    }
    if (rounds >= toolBox.maxRounds()) {
      return request.toBuilder().toolChoice(ToolChoice.NONE).build();
    }
    // who had to call a tool has done so
    return request.toolChoice().equals(ToolChoice.NONE)
        ? request
        : request.toBuilder().toolChoice(ToolChoice.AUTO).build();
  }
}
