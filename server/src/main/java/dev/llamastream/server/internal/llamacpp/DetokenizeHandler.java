package dev.llamastream.server.internal.llamacpp;

import com.fasterxml.jackson.databind.JsonNode;
import dev.llamastream.Tokenizer;
import dev.llamastream.server.internal.http.Handler;
import dev.llamastream.server.internal.http.Request;
import dev.llamastream.server.internal.json.Json;
import dev.llamastream.server.internal.json.RequestJson;
import java.util.ArrayList;
import java.util.List;

/** {@code /detokenize}. */
final class DetokenizeHandler implements Handler {

  private static final String FIELD = "tokens";

  @Override
  public void handle(Request request) {
    Tokenizer tokenizer = request.model().tokenizer();
    RequestJson json = request.json();
    JsonNode node = json.node(json.called("token", FIELD));
    json.rejectUnknown();
    List<Integer> tokens = new ArrayList<>();
    if (node != null && !node.isArray()) {
      throw json.wrongType(FIELD, node, "a list of token ids");
    }
    if (node != null) {
      for (JsonNode token : node) {
        if (!token.isInt()) {
          throw json.wrongType(FIELD, token, "a token id");
        }
        tokens.add(token.intValue());
      }
    }
    String content = WrittenTokens.of(tokens, tokenizer);
    request.reply(200, Json.write(Json.object().put("content", content)));
  }
}
