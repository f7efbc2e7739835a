package dev.llamastream.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;

/** Records as OpenAI's JSON: names in snake case, and nulls written out. */
final class OpenAiJson {

  private static final JsonMapper MAPPER =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

  private OpenAiJson() {}

  static JsonNode tree(Object content) {
    return MAPPER.valueToTree(content);
  }
}
