package dev.llamastream.server.internal.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads a request's fields strictly. A value of a wrong type or out of its range is an {@link
 * ApiError} 400 that names the field, the value and what it must be. A field that is {@code null}
 * counts as absent. Not thread-safe.
 */
public final class RequestJson {

  private static final int SHOWN = 60;
  private static final Pattern NUMBER =
      Pattern.compile("[-+]?([0-9]{1,40}\\.?[0-9]{0,40}|\\.[0-9]{1,40})([eE][-+]?[0-9]{1,3})?");
  private static final Pattern LONG = Pattern.compile("-?[0-9]{1,18}");

  private final ObjectNode object;
  private final String prefix;

  /** Whether the fields come from a query, where every value is a text. */
  private final boolean textual;

  private final Map<String, FieldType> read = new HashMap<>();
  private final Map<String, List<RequestJson>> inner = new HashMap<>();
  private final List<RequestJson> children = new ArrayList<>();
  private boolean anyNames;

  private final ClientNames clientNames;

  private RequestJson(ObjectNode object, String prefix, boolean textual, ClientNames clientNames) {
    this.object = object;
    this.prefix = prefix;
    this.textual = textual;
    this.clientNames = clientNames;
  }

  /**
   * Parses an object.
   *
   * @throws ApiError 400 if the text is anything else
   */
  public static RequestJson parse(String text) {
    return new RequestJson(Json.readObject(text), "", false, new ClientNames());
  }

  /**
   * Converts a query's parameters to fields. {@code a.b=1} is field b of object a. A repeated name
   * is a list.
   */
  public static RequestJson ofQuery(Iterable<Map.Entry<String, String>> parameters) {
    ObjectNode root = Json.object();
    for (var parameter : parameters) {
      String[] path = parameter.getKey().split("\\.", 2);
      ObjectNode target = root;
      if (path.length == 2) {
        target = root.get(path[0]) instanceof ObjectNode inner ? inner : root.putObject(path[0]);
      }
      String name = path[path.length - 1];
      switch (target.get(name)) {
        case null -> target.put(name, parameter.getValue());
        case ArrayNode list -> list.add(parameter.getValue());
        case JsonNode first ->
            target.set(name, target.arrayNode().add(first).add(parameter.getValue()));
      }
    }
    return new RequestJson(root, "", true, new ClientNames());
  }

  /** Whether the field is present and not null. */
  public boolean has(String name) {
    return node(name) != null;
  }

  /** Whether one of the fields is present and not null. Does not count as reading it. */
  boolean mentions(String... names) {
    return Stream.of(names).anyMatch(object::hasNonNull);
  }

  /** The raw value of the field; null if it is absent or null. */
  public @Nullable JsonNode node(String name) {
    return node(name, FieldType.ANY);
  }

  private @Nullable JsonNode node(String name, FieldType type) {
    read.merge(name, type, FieldType::then);
    JsonNode node = object.get(name);
    return node == null || node.isNull() ? null : node;
  }

  /** A required text. */
  public String text(String name) {
    JsonNode node = node(name, FieldType.TEXT);
    if (node == null) {
      throw error(name, "missing, must be a text");
    }
    return textOf(name, node);
  }

  /** An optional text. */
  public String text(String name, String defaultValue) {
    JsonNode node = node(name, FieldType.TEXT);
    return node == null ? defaultValue : textOf(name, node);
  }

  /** A text or a list of texts; an empty list if absent. */
  public List<String> texts(String name) {
    JsonNode node = node(name, FieldType.TEXTS);
    if (node == null) {
      return List.of();
    }
    if (!node.isArray()) {
      return List.of(textOf(name, node));
    }
    List<String> texts = new ArrayList<>();
    node.forEach(element -> texts.add(textOf(name, element)));
    return texts;
  }

  /** An optional integer of 32 bits. */
  public int integer(String name, int defaultValue) {
    return integer(name, defaultValue, Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  /** An optional integer in the range [min, max]. */
  public int integer(String name, int defaultValue, int min, int max) {
    return (int) integer(name, (long) defaultValue, min, max);
  }

  /** An optional integer of 64 bits. */
  public long integer(String name, long defaultValue) {
    return integer(name, defaultValue, Long.MIN_VALUE, Long.MAX_VALUE);
  }

  private long integer(String name, long defaultValue, long min, long max) {
    JsonNode node = node(name, FieldType.integer(min, max));
    if (node == null) {
      return defaultValue;
    }
    String range = String.format(Locale.ROOT, "[%d, %d]", min, max);
    if (textual && LONG.matcher(node.asText()).matches()) {
      node = LongNode.valueOf(Long.parseLong(node.asText()));
    }
    if (node.isIntegralNumber()) {
      // do not go through double, which only has 53 bits
      long value = node.longValue();
      if (!node.canConvertToLong() || value < min || value > max) {
        throw outOfRange(name, node, range);
      }
      return value;
    }
    double value = numberOf(name, node, "a whole number");
    if (value != Math.rint(value)) {
      throw wrongType(name, node, "a whole number");
    }
    if (!(value >= min && value <= max)) {
      throw outOfRange(name, node, range);
    }
    return (long) value;
  }

  /** An integer where -1 means all. */
  public int count(String name, int defaultValue, int all) {
    int value = integer(name, defaultValue);
    return value == -1 ? all : value;
  }

  /** Records the client's name for the library's field. Returns that name. */
  public String called(String field, String name) {
    clientNames.put(field, prefix + name);
    return name;
  }

  /** All recorded names. */
  public ClientNames clientNames() {
    return clientNames;
  }

  /** Which of two names of the same field is present; the first one if neither is. */
  public String either(String name, String otherName) {
    boolean other = has(otherName);
    return has(name) || !other ? name : otherName;
  }

  /** An optional finite number. */
  public double number(String name, double defaultValue) {
    JsonNode node = node(name, FieldType.NUMBER);
    if (node == null) {
      return defaultValue;
    }
    double value = numberOf(name, node, "a number");
    if (!Double.isFinite(value)) {
      throw wrongType(name, node, "a finite number");
    }
    return value;
  }

  /** An optional boolean. */
  public boolean bool(String name, boolean defaultValue) {
    JsonNode node = node(name, FieldType.BOOLEAN);
    if (node == null) {
      return defaultValue;
    }
    if (node.isBoolean()) {
      return node.booleanValue();
    }
    String text = textual ? node.asText() : "";
    if (text.equals("true") || text.equals("false")) {
      return text.equals("true");
    }
    throw wrongType(name, node, "true or false");
  }

  /** An object; an empty one if absent. */
  public RequestJson object(String name) {
    JsonNode node = node(name, FieldType.OBJECT);
    if (node != null && !node.isObject()) {
      throw wrongType(name, node, "an object");
    }
    ObjectNode fields = node == null ? Json.object() : (ObjectNode) node;
    RequestJson child = inner(name, name, fields);
    children.add(child);
    return child;
  }

  /**
   * A list of objects; an empty list if absent. Their fields that are not read are ignored: clients
   * send back what they got, and more.
   */
  public List<RequestJson> objects(String name) {
    JsonNode list = node(name, FieldType.OBJECTS);
    if (list == null) {
      return List.of();
    }
    if (!list.isArray()) {
      throw wrongType(name, list, "a list");
    }
    List<RequestJson> objects = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      String element = name + "[" + i + "]";
      if (!(list.get(i) instanceof ObjectNode fields)) {
        throw wrongType(element, list.get(i), "an object");
      }
      objects.add(inner(name, element, fields));
    }
    return objects;
  }

  private RequestJson inner(String field, String name, ObjectNode fields) {
    RequestJson object = new RequestJson(fields, prefix + name + ".", textual, clientNames);
    inner.computeIfAbsent(field, _ -> new ArrayList<>()).add(object);
    return object;
  }

  /**
   * Checks that this object describes a function, as all tools of OpenAI's API that run here do.
   */
  public void requireFunction() {
    if (!text("type", "function").equals("function")) {
      throw error("type", "must be function");
    }
  }

  /** The names of the fields. */
  List<String> names() {
    anyNames = true;
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  /** The fields that were read, and as what. */
  public Map<String, FieldType> fieldsRead() {
    return Map.copyOf(read);
  }

  /** The objects that were read of a field: one, or those of a list. */
  public List<RequestJson> objectsRead(String name) {
    return List.copyOf(inner.getOrDefault(name, List.of()));
  }

  /** Whether the object may have fields of any name, because all were read. */
  public boolean hasAnyNames() {
    return anyNames;
  }

  /**
   * Checks that every field has been read. Call it last.
   *
   * @throws ApiError 400 if there is an unknown field
   */
  public void rejectUnknown() {
    forEachUnread(
        (name, _) -> {
          throw ApiError.badField(shortened(name), "unknown field");
        });
  }

  /** Visits the fields that have not been read, as {@code name} or {@code name.inner}. */
  public void forEachUnread(BiConsumer<String, JsonNode> action) {
    object.forEachEntry(
        (name, value) -> {
          if (!read.containsKey(name)) {
            action.accept(prefix + name, value);
          }
        });
    children.forEach(child -> child.forEachUnread(action));
  }

  /** A 400 error for a field. */
  public ApiError error(String name, String message) {
    return ApiError.badField(prefix + shortened(name), message);
  }

  /** A 400 error for a field with an invalid value. */
  public ApiError wrongType(String name, JsonNode node, String expected) {
    return error(name, shortened(node.toString()) + ", must be " + expected);
  }

  private ApiError outOfRange(String name, JsonNode node, String range) {
    return error(name, shortened(node.asText()) + ", must be in " + range);
  }

  private String textOf(String name, JsonNode node) {
    if (!node.isTextual()) {
      throw wrongType(name, node, "a text");
    }
    return node.textValue();
  }

  private double numberOf(String name, JsonNode node, String expected) {
    if (node.isNumber()) {
      return node.doubleValue();
    }
    if (textual && node.isTextual() && NUMBER.matcher(node.textValue()).matches()) {
      return Double.parseDouble(node.textValue());
    }
    throw wrongType(name, node, expected);
  }

  private static String shortened(String text) {
    return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...";
  }
}
