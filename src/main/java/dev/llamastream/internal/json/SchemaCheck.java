package dev.llamastream.internal.json;

import dev.llamastream.InvalidValueException;
import dev.llamastream.internal.Check;

/**
 * Checks a JSON schema before llama.cpp makes a grammar of it. What llama.cpp enforces, ignores and
 * refuses is in docs/structured.md.
 */
public final class SchemaCheck {

  /** In chars. */
  static final int MAX_LENGTH = 1 << 20;

  /** In levels of nested objects and arrays. llama.cpp recurses for each. */
  static final int MAX_DEPTH = 100;

  /** In chars, of a name or a pattern: regular expressions recurse for each. */
  static final int MAX_TEXT = 10_000;

  private final String field;

  private SchemaCheck(String field) {
    this.field = field;
  }

  /**
   * Checks a schema.
   *
   * @throws InvalidValueException if it is no JSON object, too large, or refers to another document
   */
  public static void check(String field, String schema) {
    Check.range(field, "length", schema.length(), 0, MAX_LENGTH);
    Json json;
    try {
      json = Json.parse(schema);
    } catch (IllegalArgumentException e) {
      throw new InvalidValueException(field, e);
    }
    if (!(json instanceof Json.Obj)) {
      throw new InvalidValueException(field, "must be a JSON object");
    }
    new SchemaCheck(field).check(json, 1);
  }

  private void check(Json json, int depth) {
    Check.range(field, "depth", depth, 0, MAX_DEPTH);
    switch (json) {
      case Json.Obj(var members) ->
          members.forEach(
              (name, value) -> {
                Check.range(field, "name length", name.length(), 0, MAX_TEXT);
                if (value instanceof Json.Str(String text)) {
                  checkText(name, text);
                }
                check(value, depth + 1);
              });
      case Json.Arr(var elements) -> elements.forEach(element -> check(element, depth + 1));
      case Json.Str _, Json.Num _, Json.Bool _, Json.Null _ -> {}
    }
  }

  private void checkText(String name, String text) {
    switch (name) {
      case "pattern" -> Check.range(field, "pattern length", text.length(), 0, MAX_TEXT);
      case "$ref" -> {
        Check.range(field, "$ref length", text.length(), 0, MAX_TEXT);
        if (!text.startsWith("#")) {
          throw new InvalidValueException(
              field, "$ref \"" + text + "\", must begin with #: other documents are not fetched");
        }
      }
      default -> {}
    }
  }
}
