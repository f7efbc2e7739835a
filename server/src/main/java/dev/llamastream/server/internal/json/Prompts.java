package dev.llamastream.server.internal.json;

import com.fasterxml.jackson.databind.JsonNode;
import dev.llamastream.GenerationRequest;
import dev.llamastream.Prompt;
import java.util.ArrayList;
import java.util.List;

/** Reads prompts as OpenAI does: one or a list. Each is a text or a list of token ids. */
public final class Prompts {

  private Prompts() {}

  /**
   * Reads at least one prompt.
   *
   * @throws ApiError 400 if the field is absent or has a wrong type
   */
  public static List<Prompt> read(RequestJson json, String field) {
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

  /** A request that continues this prompt. */
  public static GenerationRequest.Builder request(Prompt prompt) {
    return switch (prompt) {
      case Prompt.Text(String text) -> GenerationRequest.builder(text);
      case Prompt.Tokens(List<Integer> ids) ->
          GenerationRequest.builder(ids.stream().mapToInt(Integer::intValue).toArray());
    };
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
