package dev.llamastream.langchain4j;

import dev.langchain4j.internal.Json;
import dev.langchain4j.internal.JsonSchemaElementUtils;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonSchemaElement;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** LangChain4j's schemas as JSON texts. */
final class JsonSchemas {

  private JsonSchemas() {}

  /** A schema. */
  static String text(JsonSchemaElement schema) {
    Map<String, Object> map = JsonSchemaElementUtils.toMap(schema);
    open(map);
    return Json.toJson(map);
  }

  /** The schema of a tool's arguments. */
  static String arguments(@Nullable JsonObjectSchema schema) {
    if (schema == null || schema.properties().isEmpty()) {
      return "{\"type\":\"object\",\"properties\":{},\"additionalProperties\":false}";
    }
    return text(schema);
  }

  // For LangChain4j, an object without properties may have any: that is how it describes a Map.
  private static void open(Object value) {
    if (value instanceof Map<?, ?> map) {
      if ("object".equals(map.get("type"))
          && map.get("properties") instanceof Map<?, ?> properties
          && properties.isEmpty()
          && !Boolean.FALSE.equals(map.get("additionalProperties"))) {
        map.remove("properties");
      }
      map.values().forEach(JsonSchemas::open);
    } else if (value instanceof Collection<?> elements) {
      elements.forEach(JsonSchemas::open);
    }
  }
}
