package dev.llamastream.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamastream.server.internal.json.FieldType;
import dev.llamastream.server.internal.json.RequestJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The JSON schema of all values that it has seen. */
final class JsonShape {

  private static final Pattern NAME = Pattern.compile("[a-z][a-zA-Z0-9_]*");

  private final Set<String> types = new TreeSet<>();
  private final Map<String, JsonShape> fields = new TreeMap<>();
  private final Map<String, Integer> fieldCounts = new TreeMap<>();
  private int objects;
  private boolean anyNames;
  private @Nullable JsonShape items;
  private @Nullable Long min;
  private @Nullable Long max;

  /** Learns from a value that a client gets. */
  void add(JsonNode value) {
    switch (value.getNodeType()) {
      case ARRAY -> {
        types.add("array");
        value.forEach(element -> items().add(element));
      }
      case OBJECT -> {
        types.add("object");
        objects++;
        value.forEachEntry(
            (name, inner) -> {
              anyNames |= !NAME.matcher(name).matches();
              fieldCounts.merge(name, 1, Integer::sum);
              field(name).add(inner);
            });
      }
      default -> addScalar(value);
    }
  }

  private void addScalar(JsonNode value) {
    switch (value.getNodeType()) {
      case BOOLEAN -> types.add("boolean");
      case NUMBER -> types.add(value.isIntegralNumber() ? "integer" : "number");
      case STRING -> types.add("string");
      case NULL -> types.add("null");
      default -> throw new IllegalArgumentException(value.toString());
    }
  }

  /** Learns from a request: what its fields were read as, and its values where that is open. */
  void add(RequestJson request, JsonNode value) {
    types.add("object");
    anyNames |= request.hasAnyNames();
    if (anyNames) {
      return;
    }
    request.fieldsRead().forEach((name, type) -> field(name).add(request, name, type, value));
  }

  private void add(RequestJson request, String name, FieldType type, JsonNode object) {
    JsonNode value = object.path(name);
    switch (type.kind()) {
      case TEXT -> types.add("string");
      case TEXTS -> {
        types.addAll(List.of("string", "array"));
        items().types.add("string");
      }
      case INTEGER -> {
        types.add("integer");
        min = min == null ? type.min() : Math.min(min, type.min());
        max = max == null ? type.max() : Math.max(max, type.max());
      }
      case NUMBER -> types.add("number");
      case BOOLEAN -> types.add("boolean");
      case OBJECT -> request.objectsRead(name).forEach(inner -> add(inner, value));
      case OBJECTS -> {
        types.add("array");
        List<RequestJson> elements = request.objectsRead(name);
        for (int i = 0; i < elements.size(); i++) {
          items().add(elements.get(i), value.path(i));
        }
      }
      case ANY -> addOpen(value);
    }
  }

  /** Only the types: the names of an example mean nothing. */
  private void addOpen(JsonNode value) {
    if (value.isArray()) {
      types.add("array");
      value.forEach(element -> items().addOpen(element));
    } else if (value.isObject()) {
      types.add("object");
      anyNames = true;
    } else if (!value.isMissingNode() && !value.isNull()) {
      addScalar(value);
    }
  }

  private JsonShape field(String name) {
    return fields.computeIfAbsent(name, _ -> new JsonShape());
  }

  private JsonShape items() {
    if (items == null) {
      items = new JsonShape();
    }
    return items;
  }

  /** The fields that no example has. */
  List<String> unknown(String name) {
    List<String> unknown = new ArrayList<>();
    if (types.isEmpty()) {
      unknown.add(name);
    }
    fields.forEach((inner, shape) -> unknown.addAll(shape.unknown(name + "." + inner)));
    if (items != null) {
      unknown.addAll(items.unknown(name + "[]"));
    }
    return unknown;
  }

  /** The names of an object's fields that all examples have. */
  Set<String> common() {
    Set<String> common = new TreeSet<>();
    fieldCounts.forEach(
        (name, count) -> {
          if (count == objects) {
            common.add(name);
          }
        });
    return common;
  }

  /** The schema. */
  ObjectNode schema(Set<String> required) {
    ObjectNode schema = JsonNodeFactory.instance.objectNode();
    if (types.contains("number")) {
      types.remove("integer");
    }
    if (types.isEmpty() || types.equals(Set.of("null"))) {
      return schema; // nothing is known
    }
    if (types.size() == 1) {
      schema.put("type", types.iterator().next());
    } else {
      ArrayNode list = schema.putArray("type");
      types.forEach(list::add);
    }
    if (min != null && min > Integer.MIN_VALUE) {
      schema.put("minimum", min);
    }
    if (max != null && max < Integer.MAX_VALUE) {
      schema.put("maximum", max);
    }
    if (items != null) {
      schema.set("items", items.schema());
    }
    if (!anyNames && !fields.isEmpty()) {
      ObjectNode properties = schema.putObject("properties");
      fields.forEach((name, shape) -> properties.set(name, shape.schema()));
      if (!required.isEmpty()) {
        ArrayNode names = schema.putArray("required");
        required.forEach(names::add);
      }
    }
    return schema;
  }

  ObjectNode schema() {
    return schema(common());
  }
}
