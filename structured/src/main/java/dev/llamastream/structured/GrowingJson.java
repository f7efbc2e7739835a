package dev.llamastream.structured;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.async.ByteArrayFeeder;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads a JSON text that comes in pieces. A value is there when its last character is. */
final class GrowingJson {

  private static final JsonFactory FACTORY = new JsonFactory();

  private final JsonParser parser;
  private final ByteArrayFeeder feeder;
  private final JsonNodeFactory nodes;
  private final Deque<JsonNode> open = new ArrayDeque<>();
  private @Nullable JsonNode root;
  private String name = "";

  /**
   * Creates a reader.
   *
   * @param nodes makes the nodes
   */
  GrowingJson(JsonNodeFactory nodes) {
    this.nodes = nodes;
    try {
      this.parser = FACTORY.createNonBlockingByteArrayParser();
    } catch (IOException e) {
      throw new AssertionError(e); // it has no source to read from
    }
    this.feeder = (ByteArrayFeeder) parser.getNonBlockingInputFeeder();
  }

  /**
   * Reads the next piece.
   *
   * @return whether a value came
   * @throws IOException if this is no JSON
   */
  boolean read(String piece) throws IOException {
    byte[] utf8 = piece.getBytes(StandardCharsets.UTF_8);
    feeder.feedInput(utf8, 0, utf8.length);
    boolean grown = false;
    for (JsonToken token = parser.nextToken();
        token != null && token != JsonToken.NOT_AVAILABLE;
        token = parser.nextToken()) {
      grown |= read(token);
    }
    return grown;
  }

  /** What was read, as a copy; empty before the first value. */
  Optional<JsonNode> json() {
    return Optional.ofNullable(root).map(JsonNode::deepCopy);
  }

  private boolean read(JsonToken token) throws IOException {
    switch (token) {
      case FIELD_NAME -> name = parser.currentName();
      case END_OBJECT, END_ARRAY -> open.pop();
      default -> {
        JsonNode value = value(token);
        add(value);
        if (value.isContainerNode()) {
          open.push(value);
        }
        return true;
      }
    }
    return false;
  }

  private void add(JsonNode value) {
    switch (open.peek()) {
      case ObjectNode object -> object.set(name, value);
      case ArrayNode array -> array.add(value);
      case null, default -> root = value;
    }
  }

  private JsonNode value(JsonToken token) throws IOException {
    return switch (token) {
      case START_OBJECT -> nodes.objectNode();
      case START_ARRAY -> nodes.arrayNode();
      case VALUE_STRING -> nodes.textNode(parser.getText());
      case VALUE_NUMBER_INT -> nodes.numberNode(parser.getBigIntegerValue());
      case VALUE_NUMBER_FLOAT -> nodes.numberNode(parser.getDecimalValue());
      case VALUE_TRUE, VALUE_FALSE -> nodes.booleanNode(token == JsonToken.VALUE_TRUE);
      default -> nodes.nullNode();
    };
  }
}
