package dev.llamastream.structured;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Set;

/** Turns a generated schema into one that llama.cpp enforces and Java types can hold. */
final class EnforcedForm {

  private static final List<String> SCHEMAS_BY_NAME = List.of("properties", "$defs");
  private static final List<String> LISTS = List.of("anyOf", "allOf", "oneOf");
  private static final List<String> SINGLE = List.of("items", "additionalProperties");

  /** OpenAPI's, which say what the limits say. */
  private static final Set<String> NUMBER_FORMATS = Set.of("int32", "int64", "float", "double");

  private EnforcedForm() {}

  /** Changes the schema, and returns it. */
  static ObjectNode of(ObjectNode schema) {
    change(schema);
    SCHEMAS_BY_NAME.forEach(name -> schema.path(name).forEach(EnforcedForm::descend));
    LISTS.forEach(name -> schema.path(name).forEach(EnforcedForm::descend));
    SINGLE.forEach(name -> descend(schema.path(name)));
    return schema;
  }

  private static void descend(JsonNode node) {
    if (node instanceof ObjectNode schema) {
      of(schema);
    }
  }

  private static void change(ObjectNode schema) {
    String format = schema.path("format").asText();
    if (format.equals("int32")) {
      limit(schema, "minimum", "exclusiveMinimum", Integer.MIN_VALUE);
      limit(schema, "maximum", "exclusiveMaximum", Integer.MAX_VALUE);
    }
    if (NUMBER_FORMATS.contains(format)) {
      schema.remove("format");
    }
    if (!schema.has("properties") && !schema.path("type").asText().equals("object")) {
      schema.remove("additionalProperties"); // the generator's default, also where it means nothing
    }
    if (schema.path("pattern").isTextual()) {
      schema.put("pattern", anchored(schema.path("pattern").asText()));
    }
  }

  private static void limit(ObjectNode schema, String inclusive, String exclusive, int value) {
    if (!schema.has(inclusive) && !schema.has(exclusive)) {
      schema.put(inclusive, value);
    }
  }

  /** A pattern of Jakarta's matches the whole string, with and without anchors. */
  private static String anchored(String pattern) {
    if (pattern.startsWith("^") && pattern.endsWith("$") && !pattern.endsWith("\\$")) {
      return pattern;
    }
    String rest = pattern.startsWith("^") ? pattern.substring(1) : pattern;
    boolean end = rest.endsWith("$") && !rest.endsWith("\\$");
    return "^(" + (end ? rest.substring(0, rest.length() - 1) : rest) + ")$";
  }
}
