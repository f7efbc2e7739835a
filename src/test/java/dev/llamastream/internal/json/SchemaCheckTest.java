package dev.llamastream.internal.json;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.llamastream.InvalidValueException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SchemaCheckTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"$ref\":\"#/definitions/a\",\"definitions\":{\"a\":{\"type\":\"string\"}}}",
        "{\"properties\":{\"$ref\":{\"type\":\"string\"}}}",
        "{\"type\":\"string\",\"pattern\":\"^a+$\"}"
      })
  void accepted(String schema) {
    SchemaCheck.check("parameters", schema);
  }

  @Test
  void onlyAnObjectIsOne() {
    refused("[]", "must be a JSON object");
    refused("\"string\"", "must be a JSON object");
    refused("true", "must be a JSON object");
    refused("{\"a\":}", "at character 5");
    refused("", "at character 0");
  }

  @Test
  void otherDocumentsAreNotFetched() {
    refused("{\"$ref\":\"https://example.com/a.json\"}", "other documents");
    refused("{\"$ref\":\"file:///etc/passwd\"}", "other documents");
    refused("{\"items\":[{\"$ref\":\"a.json#/b\"}]}", "other documents");
    refused("{\"$ref\":\"\"}", "other documents");
  }

  @Test
  void sizesHaveLimits() {
    String deepest = nested(SchemaCheck.MAX_DEPTH - 1);
    SchemaCheck.check("parameters", deepest);
    refused(nested(SchemaCheck.MAX_DEPTH), "depth");
    refused(nested(450), "depth");
    String longest = "a".repeat(SchemaCheck.MAX_TEXT);
    SchemaCheck.check("parameters", "{\"" + longest + "\":{\"pattern\":\"" + longest + "\"}}");
    refused("{\"" + longest + "a\":1}", "name length");
    refused("{\"pattern\":\"" + longest + "a\"}", "pattern length");
    refused("{\"$ref\":\"#" + longest + "\"}", "$ref length");
    refused("{\"title\":\"" + "a".repeat(SchemaCheck.MAX_LENGTH) + "\"}", "length");
  }

  private static String nested(int levels) {
    return "{\"a\":".repeat(levels) + "{}" + "}".repeat(levels);
  }

  private static void refused(String schema, String why) {
    assertThatExceptionOfType(InvalidValueException.class)
        .isThrownBy(() -> SchemaCheck.check("parameters", schema))
        .withMessageContaining("parameters")
        .withMessageContaining(why);
  }
}
