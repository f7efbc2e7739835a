package dev.llamastream.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.InvalidValueException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What docs/structured.md calls ignored: the grammar is the same without it. And what it calls
 * refused.
 */
@Timeout(60)
class IgnoredKeywordsTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"multipleOf\":5",
        "\"uniqueItems\":true",
        "\"contains\":{\"const\":1}",
        "\"minContains\":2",
        "\"minProperties\":1",
        "\"maxProperties\":2",
        "\"patternProperties\":{\"^a\":{\"const\":1}}",
        "\"propertyNames\":{\"maxLength\":2}",
        "\"not\":{\"const\":1}",
        "\"not\":true",
        "\"if\":true,\"then\":{\"const\":1},\"else\":false",
        "\"dependentRequired\":{\"a\":[\"b\"]}",
        "\"dependentSchemas\":{\"a\":{\"const\":1}}",
        "\"unevaluatedProperties\":false",
        "\"unevaluatedItems\":false",
        "\"contentEncoding\":\"base64\"",
        "\"title\":\"T\"",
        "\"description\":\"D\"",
        "\"default\":1",
        "\"examples\":[1]",
        "\"$schema\":\"https://json-schema.org/draft/2020-12/schema\"",
        "\"$id\":\"https://example.com/x\"",
        "\"$comment\":\"C\"",
        "\"readOnly\":true",
        "\"$defs\":{\"unused\":{\"const\":1}}",
      })
  void keywordsThatAreIgnoredEverywhere(String keyword) {
    for (String schema :
        new String[] {
          "\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"number\"}}",
          "\"type\":\"object\"",
          "\"type\":\"array\",\"items\":{\"type\":\"boolean\"},\"maxItems\":3",
          "\"type\":\"string\",\"maxLength\":3",
          "\"type\":\"string\"",
          "\"type\":\"integer\",\"minimum\":1",
          "\"type\":\"number\"",
          "\"enum\":[1,2]",
          "\"const\":\"x\"",
          "\"anyOf\":[{\"const\":1},{\"type\":\"null\"}]",
          "\"allOf\":[{\"properties\":{\"a\":{\"const\":1}}}]",
        }) {
      assertThat(JsonSchema.toGrammar("{" + schema + "," + keyword + "}"))
          .as(schema)
          .isEqualTo(JsonSchema.toGrammar("{" + schema + "}"));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = "=>",
      quoteCharacter = '`',
      textBlock =
          """
          {"minimum":5} => {}
          {"minItems":5} => {}
          {"required":["a"]} => {}
          {"format":"email"} => {}
          {"properties":{"a":{}},"required":["z"]} => {"properties":{"a":{}}}
          {"properties":{"a":{}},"additionalProperties":false} => {"properties":{"a":{}}}
          {"additionalProperties":{"const":1}} => {"type":"object","additionalProperties":{"const":1}}
          {"items":{"const":1}} => {"type":"array","items":{"const":1}}
          {"maxLength":3} => {"type":"string","maxLength":3}
          {"format":"uuid"} => {"type":"string","format":"uuid"}
          {"pattern":"^a$"} => {"type":"string","pattern":"^a$"}
          {"items":{"const":1},"prefixItems":[{"const":2}]} => {"items":{"const":1}}
          {"items":[{"const":1},{"const":2}]} => {"prefixItems":[{"const":1},{"const":2}]}
          {"prefixItems":[{"const":1}],"minItems":5,"maxItems":0} => {"prefixItems":[{"const":1}]}
          {"enum":[1],"type":"string"} => {"enum":[1]}
          {"const":1,"enum":[2],"type":"string"} => {"const":1}
          {"oneOf":[{"const":1},{"const":2}]} => {"anyOf":[{"const":1},{"const":2}]}
          {"oneOf":[{"const":1}],"anyOf":[{"const":2}],"type":"null"} => {"anyOf":[{"const":1}]}
          {"anyOf":[{"const":1}],"properties":{"a":{}}} => {"anyOf":[{"const":1}]}
          {"allOf":[{"properties":{"a":{}},"required":[],"additionalProperties":true},{}]} => {"properties":{"a":{}},"required":["a"]}
          {"allOf":[{"properties":{"a":{}}},{"type":"string"}],"required":["b"]} => {"properties":{"a":{}},"required":["a"]}
          {"allOf":[{"anyOf":[{"properties":{"a":{}}},{"properties":{"b":{}}}]},{}]} => {"properties":{"a":{},"b":{}}}
          {"allOf":[{"enum":[1,2]},{"enum":[2,3]}]} => {"allOf":[{"enum":[2]},{"enum":[2]}]}
          {"properties":{"a":{}},"allOf":[{"properties":{"b":{}}}]} => {"properties":{"a":{}}}
          {"type":"integer","allOf":[{"const":1}]} => {"type":"integer"}
          {"allOf":[{"type":"string","maxLength":3}]} => {"type":"string","maxLength":3}
          {"allOf":[{"properties":{"a":{}}}],"minProperties":1} => {"properties":{"a":{}}}
          {"$ref":"#/$defs/a","type":"null","$defs":{"a":{"const":1}}} => {"$ref":"#/$defs/a","$defs":{"a":{"const":1}}}
          {"type":"number","minimum":1,"maximum":2,"exclusiveMinimum":1,"exclusiveMaximum":2} => {"type":"number"}
          {"type":"integer","minimum":1,"exclusiveMinimum":7} => {"type":"integer","minimum":1}
          {"type":"integer","maximum":9,"exclusiveMaximum":2} => {"type":"integer","maximum":9}
          {"type":"string","pattern":"^a$","minLength":3,"maxLength":3,"format":"uuid"} => {"type":"string","pattern":"^a$"}
          {"type":"string","format":"date","minLength":3,"maxLength":3} => {"type":"string","format":"date"}
          {"type":"string","format":"email","maxLength":3} => {"type":"string","maxLength":3}
          {"type":"string","format":"uuid4"} => {"type":"string","format":"uuid"}
          {"type":"string","format":"email"} => {"type":"string"}
          {"type":"string","format":"uri"} => {"type":"string"}
          {"type":"string","format":"regex"} => {"type":"string"}
          {"type":"string","pattern":"^a"} => {"type":"string","pattern":"a"}
          {"type":"string","pattern":"a$"} => {"type":"string","pattern":"a"}
          {"type":"string","pattern":"^(?=a)a$"} => {"type":"string","pattern":"a"}
          {"type":"string","pattern":"^(?!b)a$"} => {"type":"string","pattern":"a"}
          {"type":"string","pattern":"^(?:a)$"} => {"type":"string","pattern":"^(a)$"}
          {"type":"string","pattern":"^(a)\\\\1$"} => {"type":"string","pattern":"a"}
          {"type":"string","pattern":"^a\\\\b$"} => {"type":"string","pattern":"a"}
          {"type":"string","pattern":"a","maxLength":3} => {"type":"string","pattern":"a"}
          """)
  void sameGrammar(String schema, String without) {
    assertThat(JsonSchema.toGrammar(schema)).isEqualTo(JsonSchema.toGrammar(without));
  }

  @Test
  void anIgnoredPatternLeavesAnyString() {
    assertThat(JsonSchema.toGrammar("{\"type\":\"string\",\"pattern\":\"a\"}"))
        .contains("root ::= string\n", "string ::= \"\\\"\" char* \"\\\"\"\n");
  }

  /** A schema must be an object. Only additionalProperties may be a boolean. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"properties\":{\"a\":true}}",
        "{\"properties\":{\"a\":false}}",
        "{\"items\":true}",
        "{\"prefixItems\":[false]}",
        "{\"anyOf\":[true]}",
        "{\"oneOf\":[true]}",
        "{\"allOf\":[false]}",
        "{\"$ref\":\"#/$defs/a\",\"$defs\":{\"a\":true}}",
        "{\"allOf\":[{\"type\":\"string\"},{\"maxLength\":3}]}",
        "{\"allOf\":[{\"enum\":[1]},{\"enum\":[2]}]}",
        "{\"$ref\":\"#/$defs/b\",\"$defs\":{\"a\":{\"$ref\":\"#/$defs/a\"},"
            + "\"b\":{\"allOf\":[{\"$ref\":\"#/$defs/a\"},{\"type\":\"object\"}]}}}",
        "{\"$ref\":\"other.json\"}",
        "{\"$ref\":\"other.json#/$defs/a\"}",
        "{\"$ref\":\"#a\",\"$defs\":{\"a\":{\"$anchor\":\"a\"}}}",
        "{\"$ref\":\"#/$defs/a~1b\",\"$defs\":{\"a/b\":{\"const\":1}}}",
        "{\"$ref\":\"#/$defs/a%20b\",\"$defs\":{\"a b\":{\"const\":1}}}",
        "{\"type\":\"string\",\"pattern\":\"^a)$\"}",
        "{\"type\":\"string\",\"pattern\":\"^*$\"}",
        "{\"type\":\"string\",\"minLength\":2001}",
      })
  void refused(String schema) {
    assertThatThrownBy(() -> JsonSchema.toGrammar(schema))
        .isInstanceOf(InvalidValueException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"additionalProperties\":true}",
        "{\"additionalProperties\":false}",
        "{\"$ref\":\"#/$defs/a~1b\",\"$defs\":{\"a~1b\":{\"const\":1}}}",
        "{\"$ref\":\"#/definitions/a\",\"definitions\":{\"a\":{\"const\":1}}}",
        "{\"$ref\":\"#/x/y\",\"x\":{\"y\":{\"const\":1}}}",
        "{\"properties\":{\"a\":{\"$ref\":\"#\"}}}",
      })
  void taken(String schema) {
    assertThat(JsonSchema.toGrammar(schema)).contains("root ::=");
  }
}
