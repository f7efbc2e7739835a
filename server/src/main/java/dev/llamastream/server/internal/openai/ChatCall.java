package dev.llamastream.server.internal.openai;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.llamastream.chat.ChatDelta;
import dev.llamastream.chat.ToolCall;
import org.jspecify.annotations.Nullable;

/**
 * A tool call, or a part of one, in the format of {@code /v1/chat/completions}.
 *
 * @param index only in events
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record ChatCall(
    @Nullable Integer index, @Nullable String id, @Nullable String type, Function function) {

  private static final String FUNCTION = "function";

  /** What is called. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Function(@Nullable String name, String arguments) {}

  static ChatCall of(ToolCall call) {
    return new ChatCall(null, call.id(), FUNCTION, new Function(call.name(), call.arguments()));
  }

  static ChatCall begun(ChatDelta.ToolCallBegun call) {
    return new ChatCall(call.index(), call.id(), FUNCTION, new Function(call.name(), ""));
  }

  static ChatCall more(ChatDelta.ToolCallArguments call) {
    return new ChatCall(call.index(), null, null, new Function(null, call.text()));
  }
}
