package dev.llamastream.server.internal.llamacpp;

import dev.llamastream.Tokenizer;
import dev.llamastream.server.internal.http.Handler;
import dev.llamastream.server.internal.http.Request;
import dev.llamastream.server.internal.json.Json;
import dev.llamastream.server.internal.json.RequestJson;
import dev.llamastream.server.internal.json.TokenIds;
import java.util.List;

/** {@code /detokenize}. */
final class DetokenizeHandler implements Handler {

  @Override
  public void handle(Request request) {
    Tokenizer tokenizer = request.model().tokenizer();
    RequestJson json = request.json();
    List<Integer> tokens = TokenIds.read(json, json.called("token", "tokens"));
    json.rejectUnknown();
    String content = WrittenTokens.of(tokens, tokenizer);
    request.reply(200, Json.write(Json.object().put("content", content)));
  }
}
