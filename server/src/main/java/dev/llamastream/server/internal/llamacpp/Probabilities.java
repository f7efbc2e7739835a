package dev.llamastream.server.internal.llamacpp;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamastream.Token;
import dev.llamastream.TokenLogprob;
import dev.llamastream.server.internal.json.Json;
import dev.llamastream.server.internal.streams.TokenTexts;
import java.util.List;

/** The JSON of {@code completion_probabilities}. */
record Probabilities(TokenTexts texts) {

  ArrayNode of(List<Token> tokens) {
    ArrayNode all = JsonNodeFactory.instance.arrayNode();
    tokens.forEach(token -> all.add(of(token)));
    return all;
  }

  private ObjectNode of(Token token) {
    ObjectNode chosen = entry(token.id(), token.logprob());
    ArrayNode top = chosen.putArray("top_logprobs");
    for (TokenLogprob likely : token.topLogprobs()) {
      top.add(entry(likely.id(), likely.logprob()));
    }
    return chosen;
  }

  private ObjectNode entry(int id, float logprob) {
    TokenTexts.Text text = texts.of(id);
    ObjectNode entry = Json.object().put("id", id).put("token", text.text());
    ArrayNode bytes = entry.putArray("bytes");
    text.bytes().forEach(bytes::add);
    return entry.put("logprob", TokenTexts.finite(logprob));
  }
}
