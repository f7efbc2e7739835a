package dev.llamastream.structured;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Random;

/** Makes JSON schemas of what is enforced: the same one for the same seed. */
final class RandomSchema {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MAX_DEPTH = 3;
  private static final List<String> NAMES =
      List.of("name", "age", "city", "tags", "a b", "größe", "quo\"te", "items", "kind", "x");
  private static final List<String> PATTERNS =
      List.of(
          "^[A-Z]{2}-[0-9]{3}$",
          "^(red|green|blue)$",
          "^[a-z]+(-[a-z]+)?$",
          "^\\d{4}$",
          "^#[0-9a-fA-F]{6}$",
          "^v\\d+\\.\\d+$",
          "^[^a-z]{1,5}$",
          "^.{2,8}$",
          "^\\w+\\.?$",
          "^[!-~]{1,6}$",
          "^\"[a-z]{1,4}\"$");

  private final Random random;
  private final ObjectNode definitions = JSON.createObjectNode();

  private RandomSchema(long seed) {
    random = new Random(seed * 1_000_003);
  }

  static String of(long seed) {
    RandomSchema made = new RandomSchema(seed);
    ObjectNode root = made.random.nextInt(5) == 0 ? made.schema(1) : made.object(1);
    if (!made.definitions.isEmpty()) {
      root.set("$defs", made.definitions);
    }
    return root.toString();
  }

  private ObjectNode schema(int depth) {
    int kinds = depth < MAX_DEPTH ? 11 : 8;
    return switch (random.nextInt(kinds)) {
      case 0 -> constants(1 + random.nextInt(6));
      case 1, 2 -> integer();
      case 3 -> text();
      case 4 -> JSON.createObjectNode().put("type", "string").put("pattern", pick(PATTERNS));
      case 5 -> JSON.createObjectNode().put("type", pick(List.of("number", "boolean", "null")));
      case 6 ->
          JSON.createObjectNode()
              .put("type", "string")
              .put("format", pick(List.of("time", "date-time", "uuid", "date")));
      case 7 -> JSON.createObjectNode().put("const", pick(NAMES));
      case 8 -> array(depth);
      case 9 -> alternatives(depth);
      default -> random.nextBoolean() ? object(depth) : reference(depth);
    };
  }

  private <T> T pick(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  private ObjectNode constants(int count) {
    ObjectNode schema = JSON.createObjectNode();
    ArrayNode values = schema.putArray("enum");
    for (int i = 0; i < count; i++) {
      switch (random.nextInt(4)) {
        case 0 -> values.add(random.nextInt(100));
        case 1 -> values.add(random.nextBoolean());
        default -> values.add(pick(NAMES) + " " + i);
      }
    }
    return schema;
  }

  private ObjectNode integer() {
    ObjectNode schema = JSON.createObjectNode().put("type", "integer");
    long size = List.of(10L, 300L, 20_000L, 5_000_000_000L).get(random.nextInt(4));
    long from = random.nextLong(-size, size);
    int limits = random.nextInt(4);
    if (limits != 0) {
      schema.put(random.nextInt(3) == 0 ? "exclusiveMinimum" : "minimum", from);
    }
    if (limits != 1) {
      schema.put(
          random.nextInt(3) == 0 ? "exclusiveMaximum" : "maximum",
          from + 2 + random.nextLong(size));
    }
    return schema;
  }

  private ObjectNode text() {
    int min = random.nextInt(4);
    return JSON.createObjectNode()
        .put("type", "string")
        .put("minLength", min)
        .put("maxLength", min + random.nextInt(15));
  }

  private ObjectNode array(int depth) {
    int min = random.nextInt(3);
    ObjectNode schema = JSON.createObjectNode().put("type", "array");
    schema.set("items", schema(depth + 1));
    return schema.put("minItems", min).put("maxItems", min + random.nextInt(3));
  }

  private ObjectNode alternatives(int depth) {
    ObjectNode schema = JSON.createObjectNode();
    ArrayNode alternatives = schema.putArray("anyOf");
    for (int i = 0; i < 2 + random.nextInt(2); i++) {
      alternatives.add(schema(depth + 1));
    }
    return schema;
  }

  private ObjectNode reference(int depth) {
    String name = "def" + definitions.size();
    definitions.putObject(name); // reserves the name
    definitions.set(name, schema(depth + 1));
    return JSON.createObjectNode().put("$ref", "#/$defs/" + name);
  }

  private ObjectNode object(int depth) {
    ObjectNode schema = JSON.createObjectNode().put("type", "object");
    ObjectNode properties = schema.putObject("properties");
    ArrayNode required = schema.putArray("required");
    int count = 1 + random.nextInt(4);
    for (int i = 0; i < count; i++) {
      String name = pick(NAMES);
      if (!properties.has(name)) {
        properties.set(name, schema(depth + 1));
        if (random.nextInt(10) < 6) {
          required.add(name);
        }
      }
    }
    return schema.put("additionalProperties", false);
  }
}
