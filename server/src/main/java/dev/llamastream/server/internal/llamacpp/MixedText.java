package dev.llamastream.server.internal.llamacpp;

import com.fasterxml.jackson.databind.JsonNode;
import dev.llamastream.Tokenizer;
import dev.llamastream.server.internal.http.Request;
import java.util.ArrayList;
import java.util.List;

/** A text, or a list of texts and token ids. */
final class MixedText {

  private MixedText() {}

  /**
   * Its tokens. Long texts are tokenized in turn with other clients.
   *
   * @param addSpecial whether a text at the beginning gets the model's start tokens
   * @param parseSpecial whether to recognise special tokens written in texts
   * @throws dev.llamastream.server.internal.json.ApiError 400 for a value of a wrong type
   */
  static List<Integer> tokens(
      Request request, String field, JsonNode node, boolean addSpecial, boolean parseSpecial) {
    List<JsonNode> parts = new ArrayList<>();
    (node.isArray() ? node : List.of(node)).forEach(parts::add);
    long characters = 0;
    for (JsonNode part : parts) {
      if (!part.isTextual() && !part.isInt()) {
        throw request.json().wrongType(field, part, "a text, or a list of texts and token ids");
      }
      characters += part.asText().length();
    }
    Tokenizer tokenizer = request.model().tokenizer();
    return request.prepare(characters, () -> tokens(tokenizer, parts, addSpecial, parseSpecial));
  }

  private static List<Integer> tokens(
      Tokenizer tokenizer, List<JsonNode> parts, boolean addSpecial, boolean parseSpecial) {
    List<Integer> tokens = new ArrayList<>();
    boolean begin = true;
    for (JsonNode part : parts) {
      if (part.isInt()) {
        tokens.add(part.intValue());
      } else {
        for (int id : tokenizer.encode(part.textValue(), begin && addSpecial, parseSpecial)) {
          tokens.add(id);
        }
      }
      begin = false;
    }
    return tokens;
  }
}
