package dev.llamastream.server.internal.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.llamastream.Prompt;
import dev.llamastream.server.internal.json.RequestJson;
import java.util.ArrayList;
import java.util.List;

/** Texts as OpenAI takes them: one, or a list of them, where token ids may stand for a text. */
final class Prompts {

  private Prompts() {}

  /**
   * At least one.
   *
   * @throws dev.llamastream.server.internal.json.ApiError 400 if the field is absent or anything
   *     else
   */
  static List<Prompt> read(RequestJson json, String field) {
    JsonNode node = json.node(json.called("prompt", field));
    if (node == null) {
      throw json.error(field, "missing, must be a text");
    }
    boolean several = node.isArray() && !node.isEmpty() && !node.get(0).isNumber();
    List<Prompt> prompts = new ArrayList<>();
    for (JsonNode one : several ? node : List.of(node)) {
      prompts.add(one.isTextual() ? new Prompt.Text(one.textValue()) : tokens(json, field, one));
    }
    return prompts;
  }

  private static Prompt tokens(RequestJson json, String field, JsonNode list) {
    List<Integer> ids = new ArrayList<>();
    for (JsonNode id : list) {
      if (id.isInt()) {
        ids.add(id.intValue());
      }
    }
    if (!list.isArray() || ids.isEmpty() || ids.size() < list.size()) {
      throw json.error(field, "must be a text, a list of token ids, or a list of these");
    }
    return new Prompt.Tokens(ids);
  }
}
