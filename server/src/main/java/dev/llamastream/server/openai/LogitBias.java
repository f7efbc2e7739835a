package dev.llamastream.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.llamastream.server.RequestJson;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** {@code {"123": -100, "7": 5}}: what is added to the logits of tokens. */
final class LogitBias {

  private static final Pattern TOKEN_ID = Pattern.compile("[0-9]{1,9}");

  private LogitBias() {}

  static Map<Integer, Float> read(RequestJson json) {
    RequestJson biases = json.object("logit_bias");
    Map<Integer, Float> result = new HashMap<>();
    JsonNode node = json.node("logit_bias");
    if (node != null) {
      node.fieldNames()
          .forEachRemaining(
              name -> {
                if (!TOKEN_ID.matcher(name).matches()) {
                  throw biases.error(name, "not a token id");
                }
                result.put(Integer.parseInt(name), (float) biases.number(name, 0, -100, 100));
              });
    }
    return result;
  }
}
