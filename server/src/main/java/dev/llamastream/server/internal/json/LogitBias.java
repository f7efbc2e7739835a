package dev.llamastream.server.internal.json;

import com.fasterxml.jackson.databind.JsonNode;
import dev.llamastream.SamplerParams;
import dev.llamastream.Tokenizer;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code logit_bias}: {@code {"123": -5, "7": false}} or {@code [[123, -5], [7, false]]},
 * where false bans the token. A text in place of an id stands for each of its tokens.
 */
final class LogitBias {

  private static final String FIELD = "logit_bias";
  private static final Pattern TOKEN_ID = Pattern.compile("[0-9]{1,9}");

  private final RequestJson json;
  private final @Nullable Tokenizer tokenizer;
  private final Map<Integer, Double> biases = new HashMap<>();

  private LogitBias(RequestJson json, @Nullable Tokenizer tokenizer) {
    this.json = json;
    this.tokenizer = tokenizer;
  }

  static Map<Integer, Double> read(
      RequestJson json, Map<Integer, Double> defaults, @Nullable Tokenizer tokenizer) {
    JsonNode node = json.node(FIELD);
    if (node == null) {
      return defaults;
    }
    LogitBias read = new LogitBias(json, tokenizer);
    if (node.isArray()) {
      read.readPairs(node);
    } else {
      read.readObject(json.object(FIELD));
    }
    json.called("logitBias", FIELD);
    return read.biases;
  }

  private void readPairs(JsonNode list) {
    for (int i = 0; i < list.size(); i++) {
      String element = FIELD + "[" + i + "]";
      JsonNode pair = list.get(i);
      JsonNode token = pair.path(0);
      JsonNode bias = pair.path(1);
      boolean named = token.isTextual() || token.isInt();
      if (pair.size() != 2 || !named || !(bias.isNumber() || isBan(bias))) {
        throw json.wrongType(element, pair, "a token and its bias");
      }
      json.called("logitBias", element);
      put(element, token.asText(), isBan(bias) ? Double.NEGATIVE_INFINITY : bias.doubleValue());
    }
  }

  private void readObject(RequestJson inner) {
    for (String name : inner.names()) {
      JsonNode bias = inner.node(name);
      boolean banned = bias != null && isBan(bias);
      double value =
          banned ? Double.NEGATIVE_INFINITY : inner.number(inner.called("logitBias", name), 0);
      put(FIELD + "." + name, name, value);
    }
  }

  private static boolean isBan(JsonNode bias) {
    return bias.isBoolean() && !bias.booleanValue();
  }

  private void put(String field, String token, double bias) {
    if (TOKEN_ID.matcher(token).matches()) {
      put(Integer.parseInt(token), bias);
    } else if (tokenizer == null) {
      throw json.error(field, "not a token id");
    } else {
      for (int id : tokenizer.encode(token, false, false)) {
        put(id, bias);
      }
    }
  }

  private void put(int id, double bias) {
    // check each token on its own, so that the library's error names this one
    var _ = SamplerParams.builder().logitBias(Map.of(id, bias)).build();
    biases.put(id, bias);
  }
}
