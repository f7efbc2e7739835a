package dev.llamastream.server.internal.openai;

import dev.llamastream.ChatTemplateException;
import dev.llamastream.Prompt;
import dev.llamastream.chat.ChatMessage;
import dev.llamastream.chat.ChatRequest;
import dev.llamastream.server.internal.http.Handler;
import dev.llamastream.server.internal.http.Request;
import dev.llamastream.server.internal.json.ApiError;
import dev.llamastream.server.internal.json.RequestJson;
import java.util.List;

/** {@code /v1/chat/completions}. */
final class ChatHandler implements Handler {

  private static final int MAX_TOP_LOGPROBS = 100;

  @Override
  public void handle(Request request) {
    CompletionParams params = read(request, request.json());
    CompletionResponder.give(request, params, new ChatFormat(request, params.logprobs()));
  }

  private static CompletionParams read(Request request, RequestJson json) {
    List<ChatMessage> messages = ChatMessages.read(json);
    json.called("prompt", "messages");
    refuseOtherFormats(json);
    List<Prompt> prompts = List.of(prompt(request, messages));
    return CompletionParams.read(
        json, new CompletionParams.Own(prompts, maxTokens(json), topLogprobs(json), false));
  }

  private static int topLogprobs(RequestJson json) {
    int probabilities = json.integer("n_probs", 0, 0, MAX_TOP_LOGPROBS);
    boolean logprobs = json.bool("logprobs", probabilities > 0);
    int top = json.integer("top_logprobs", probabilities, 0, MAX_TOP_LOGPROBS);
    if (top > 0 && !logprobs) {
      throw json.error("top_logprobs", "only where logprobs is true");
    }
    return logprobs ? top : -1;
  }

  /** The token limit; without one, as many tokens as fit. */
  private static int maxTokens(RequestJson json) {
    int max = Integer.MAX_VALUE;
    String old = json.either("max_tokens", "n_predict");
    String name = json.has("max_completion_tokens") ? "max_completion_tokens" : old;
    json.integer(old, max); // validated even if the other field overrides it
    return json.count(json.called("maxTokens", name), max, max);
  }

  private static void refuseOtherFormats(RequestJson json) {
    String format = json.object("response_format").text("type", "text");
    if (!format.equals("text")) {
      throw ApiError.unsupported("response_format");
    }
  }

  private static Prompt prompt(Request request, List<ChatMessage> messages) {
    try {
      return new Prompt.Text(
          request.model().applyChatTemplate(ChatRequest.builder(messages).build()));
    } catch (ChatTemplateException e) {
      throw new ApiError(
          400, "invalid_request_error", "no_chat_template", String.valueOf(e.getMessage()));
    }
  }
}
