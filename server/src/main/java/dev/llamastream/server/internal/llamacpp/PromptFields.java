package dev.llamastream.server.internal.llamacpp;

import com.fasterxml.jackson.databind.JsonNode;
import dev.llamastream.Prompt;
import dev.llamastream.server.internal.http.Request;
import dev.llamastream.server.internal.json.ApiError;
import dev.llamastream.server.internal.json.RequestJson;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads prompts as llama.cpp does. A prompt is a text, a list of token ids, a list of both, or
 * {@code {"prompt_string": ...}}. There may be a list of them.
 */
final class PromptFields {

  private static final String FIELD = "prompt";
  private static final String TEXT = "prompt_string";

  private PromptFields() {}

  /**
   * Reads at least one prompt.
   *
   * @throws ApiError 400 if the field is absent or has a wrong type
   */
  static List<Prompt> read(Request request) {
    RequestJson json = request.json();
    JsonNode node = json.node(json.called("prompt", FIELD));
    if (node == null) {
      throw json.error(FIELD, "missing, must be a text");
    }
    if (!node.isArray() || hasNumber(node)) {
      return List.of(prompt(request, FIELD, node));
    }
    if (node.isEmpty()) {
      throw json.error(FIELD, "must have at least 1 prompt");
    }
    List<Prompt> prompts = new ArrayList<>();
    for (int i = 0; i < node.size(); i++) {
      prompts.add(prompt(request, FIELD + "[" + i + "]", node.get(i)));
    }
    return prompts;
  }

  private static boolean hasNumber(JsonNode list) {
    for (JsonNode element : list) {
      if (element.isNumber()) {
        return true;
      }
    }
    return false;
  }

  private static Prompt prompt(Request request, String field, JsonNode node) {
    if (node.isTextual()) {
      return new Prompt.Text(node.textValue());
    }
    if (node.isObject()) {
      for (String name : (Iterable<String>) node::fieldNames) {
        if (!name.equals(TEXT)) {
          throw ApiError.unsupported(field + "." + name);
        }
      }
      return prompt(request, field + "." + TEXT, node.path(TEXT));
    }
    if (!node.isArray() || node.isEmpty()) {
      throw request
          .json()
          .wrongType(
              field, node, "a text, a list of token ids and texts, or an object with a " + TEXT);
    }
    return new Prompt.Tokens(MixedText.tokens(request, field, node, true, true));
  }
}
