package dev.llamastream.server.internal.ollama;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamastream.Token;
import dev.llamastream.server.internal.json.TokenTexts;
import java.util.List;

/** Token probabilities in Ollama's form. */
record LogprobJson(TokenTexts texts) {

  void put(ArrayNode target, List<Token> tokens) {
    for (Token token : tokens) {
      ObjectNode chosen = put(target.addObject(), token.id(), token.logprob());
      if (!token.topLogprobs().isEmpty()) {
        ArrayNode likely = chosen.putArray("top_logprobs");
        token.topLogprobs().forEach(other -> put(likely.addObject(), other.id(), other.logprob()));
      }
    }
  }

  private ObjectNode put(ObjectNode target, int id, float logprob) {
    TokenTexts.Text text = texts.of(id);
    target.put("token", text.text()).put("logprob", TokenTexts.finite(logprob));
    ArrayNode bytes = target.putArray("bytes");
    text.bytes().forEach(bytes::add);
    return target;
  }
}
