package dev.llamastream.server.openai;

import dev.llamastream.ChatMessage;
import dev.llamastream.ChatTemplateException;
import dev.llamastream.Prompt;
import dev.llamastream.server.ApiError;
import dev.llamastream.server.Handler;
import dev.llamastream.server.Request;
import dev.llamastream.server.RequestJson;
import java.util.List;

/** {@code /v1/chat/completions}. */
final class ChatHandler implements Handler {

  private static final int MAX_TOP_LOGPROBS = 20;

  @Override
  public void handle(Request request) {
    Wanted wanted = read(request, request.json());
    Answer.give(request, wanted, new ChatForm(request, wanted.logprobs()));
  }

  private static Wanted read(Request request, RequestJson json) {
    List<ChatMessage> messages = ChatMessages.read(json);
    Wanted.refuse(json, "tools", "functions", "audio");
    refuseOtherFormats(json);
    boolean logprobs = json.bool("logprobs", false);
    int top = json.integer("top_logprobs", 0, 0, MAX_TOP_LOGPROBS);
    if (top > 0 && !logprobs) {
      throw json.error("top_logprobs", "only where logprobs is true");
    }
    return Wanted.read(json, prompt(request, messages), maxTokens(json), logprobs ? top : -1);
  }

  /** As many as there is room for, unless told otherwise. */
  private static int maxTokens(RequestJson json) {
    int old = json.integer("max_tokens", Integer.MAX_VALUE, 1, Integer.MAX_VALUE);
    return json.integer("max_completion_tokens", old, 1, Integer.MAX_VALUE);
  }

  private static void refuseOtherFormats(RequestJson json) {
    String format = json.object("response_format").text("type", "text");
    if (!format.equals("text")) {
      throw new ApiError(
          400,
          "invalid_request_error",
          "unsupported_parameter",
          "response_format.type: only text is supported");
    }
  }

  private static Prompt prompt(Request request, List<ChatMessage> messages) {
    try {
      return new Prompt.Text(request.model().applyChatTemplate(messages, true));
    } catch (ChatTemplateException e) {
      throw new ApiError(
          400, "invalid_request_error", "no_chat_template", String.valueOf(e.getMessage()));
    }
  }
}
