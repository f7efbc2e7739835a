package dev.llamastream.server.internal.openai;

import dev.llamastream.chat.ChatRequest;
import dev.llamastream.server.internal.http.Request;

/** How many tokens a request would have the model read. */
record InputTokens(String object, int inputTokens) {

  /** Responds with the length of the chat's prompt. Generates nothing. */
  static void reply(Request request, ChatRequest chat) {
    int tokens = request.model().chatTokens(chat).length;
    request.reply(200, OpenAiJson.write(new InputTokens("response.input_tokens", tokens)));
  }
}
