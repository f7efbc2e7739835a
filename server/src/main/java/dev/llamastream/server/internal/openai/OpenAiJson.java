package dev.llamastream.server.internal.openai;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.llamastream.server.internal.json.Json;

/** Writes records as OpenAI's JSON: names in snake case, nulls included. */
final class OpenAiJson {

  private static final JsonMapper MAPPER =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

  private OpenAiJson() {}

  static String write(Object content) {
    try {
      return Json.onOneLine(MAPPER.writeValueAsString(content));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
