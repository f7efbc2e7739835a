package dev.llamastream.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.llamastream.InvalidValueException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/**
 * A table of a preset file, whose values are checked as they are read. Immutable.
 *
 * @param place where it stands, for messages
 * @param fields its keys and values
 */
record PresetTable(String place, JsonNode fields) {

  /** An empty table. */
  static final PresetTable EMPTY = new PresetTable("", JsonNodeFactory.instance.objectNode());

  /**
   * Checks that it has no other keys.
   *
   * @throws InvalidValueException if it does
   */
  PresetTable withKeys(Set<String> known) {
    fields
        .fieldNames()
        .forEachRemaining(
            key -> {
              if (!known.contains(key)) {
                throw wrong(
                    key, "unknown key, must be one of " + String.join(", ", new TreeSet<>(known)));
              }
            });
    return this;
  }

  /** The text of a key. */
  Optional<String> text(String key) {
    JsonNode value = fields.path(key);
    if (value.isMissingNode()) {
      return Optional.empty();
    }
    if (!value.isTextual()) {
      throw wrong(key, value + ", must be a text in quotes");
    }
    return Optional.of(value.textValue());
  }

  /** The whole number of a key. */
  OptionalInt integer(String key) {
    JsonNode value = fields.path(key);
    if (value.isMissingNode()) {
      return OptionalInt.empty();
    }
    if (!value.isIntegralNumber() || !value.canConvertToInt()) {
      throw wrong(key, value + ", must be a whole number");
    }
    return OptionalInt.of(value.intValue());
  }

  /** The number of a key. */
  OptionalDouble number(String key) {
    JsonNode value = fields.path(key);
    if (value.isMissingNode()) {
      return OptionalDouble.empty();
    }
    if (!value.isNumber()) {
      throw wrong(key, value + ", must be a number");
    }
    return OptionalDouble.of(value.doubleValue());
  }

  /** The texts of a key, which has a list. */
  Optional<List<String>> texts(String key) {
    JsonNode value = fields.path(key);
    if (value.isMissingNode()) {
      return Optional.empty();
    }
    List<String> texts = new ArrayList<>();
    for (JsonNode element : value) {
      if (element.isTextual()) {
        texts.add(element.textValue());
      }
    }
    if (!value.isArray() || texts.size() != value.size()) {
      throw wrong(key, value + ", must be a list of texts in quotes");
    }
    return Optional.of(texts);
  }

  /** The table of a key. */
  PresetTable table(String key) {
    JsonNode value = fields.path(key);
    if (!value.isObject()) {
      throw wrong(key, value.isMissingNode() ? "missing" : value + ", must be a table");
    }
    return new PresetTable(place(key), value);
  }

  /** The error of a key. */
  InvalidValueException wrong(String key, String what) {
    return new InvalidValueException(place(key), what);
  }

  private String place(String key) {
    return place.isEmpty() ? key : place + (place.endsWith(":") ? " " : ".") + key;
  }
}
