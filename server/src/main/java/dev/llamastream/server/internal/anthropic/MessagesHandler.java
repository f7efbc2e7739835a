package dev.llamastream.server.internal.anthropic;

import dev.llamastream.server.internal.http.Handler;
import dev.llamastream.server.internal.http.Request;
import dev.llamastream.server.internal.json.Json;
import dev.llamastream.server.internal.streams.Credits;
import dev.llamastream.server.internal.streams.ServedChat;

/** {@code /v1/messages}. */
final class MessagesHandler implements Handler {

  @Override
  public void handle(Request request) {
    if (request.json().bool("stream", false)) {
      request.streams(request::sse);
    }
    MessagesRequest asked = MessagesRequest.answer(request);
    try (ServedChat answer = request.openChat(asked.chat())) {
      MessageJson json = new MessageJson(request.modelName(), asked);
      if (asked.stream()) {
        new MessageEvents(request.sse(), json).send(answer);
      } else {
        answer.forEachDelta(new Credits(), _ -> {}); // the whole answer is read at the end
        request.reply(200, Json.write(json.whole(answer)));
      }
    }
  }

  /** {@code /v1/messages/count_tokens}: the length of the prompt. */
  void count(Request request) {
    int tokens = request.model().chatTokens(MessagesRequest.prompt(request)).length;
    request.reply(200, Json.write(Json.object().put("input_tokens", tokens)));
  }
}
