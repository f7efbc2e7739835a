package dev.llamastream.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.Context;
import dev.llamastream.ContextParams;
import dev.llamastream.Model;
import dev.llamastream.SamplerParams;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Schemas as people have them, with the default model: those of use are taken. */
class SchemasTest {

  private static Model model;
  private static Context context;

  @BeforeAll
  static void open() {
    model = Model.load(Path.of(System.getProperty("llamastream.test.model")));
    context =
        new Context(
            model, ContextParams.builder().contextSize(1024).threads(1).batchThreads(1).build());
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private static ChatRequest.Builder request(String schema) {
    return ChatRequest.builder(ChatMessage.user("Answer.")).responseSchema(schema);
  }

  private static void passes(String schema) {
    context.chat(request(schema).build()).close();
  }

  private static String join(int count, IntFunction<String> element) {
    return IntStream.range(0, count).mapToObj(element).collect(Collectors.joining(","));
  }

  private static String object(String property) {
    return "{\"type\":\"object\",\"properties\":{\"x\":"
        + property
        + "},\"required\":[\"x\"],\"additionalProperties\":false}";
  }

  private static String nested(int depth) {
    return depth == 0 ? "{\"type\":\"string\"}" : object(nested(depth - 1));
  }

  private static String anyOf(int count) {
    return join(
            count,
            i ->
                "{\"type\":\"object\",\"properties\":{\"kind\":{\"const\":\"k"
                    + i
                    + "\"},\"n\":{\"type\":\"integer\",\"minimum\":"
                    + 10 * i
                    + "},\"s\":{\"type\":\"string\",\"maxLength\":40}},"
                    + "\"required\":[\"kind\",\"n\"],\"additionalProperties\":false}")
        .transform(all -> "{\"anyOf\":[" + all + "]}");
  }

  private static String properties(int count, String schema, String rest) {
    return "{\"type\":\"object\",\"properties\":{"
        + join(count, i -> "\"property_" + i + "\":" + schema)
        + "}"
        + rest
        + "}";
  }

  /** Some 2,000 lines of OpenAPI: types that refer to each other, and one to start from. */
  private static String openApi(int types) {
    return "{\"$ref\":\"#/components/schemas/T0\",\"openapi\":\"3.1.0\",\"components\":{\"schemas\":{"
        + join(
            types,
            i ->
                String.format(
                    Locale.ROOT,
                    """
                    "T%d": {
                      "type": "object",
                      "description": "A type",
                      "properties": {
                        "id": {"type": "string", "format": "uuid"},
                        "created": {"type": "string", "format": "date-time"},
                        "name": {"type": "string", "minLength": 1, "maxLength": 255},
                        "state": {
                          "type": "string",
                          "enum": ["open", "closed", "draft"]
                        },
                        "count": {"type": "integer", "minimum": 0, "maximum": 100},
                        "next": {"$ref": "#/components/schemas/T%d"},
                        "others": {
                          "type": "array",
                          "maxItems": 50,
                          "items": {"$ref": "#/components/schemas/T%d"}
                        }
                      },
                      "required": ["id", "name", "state"]
                    }
                    """,
                    i,
                    (i + 1) % types,
                    (i * 7 + 3) % types))
        + "}}}";
  }

  static Stream<Arguments> real() {
    return Stream.of(
        Arguments.of("nested 10 deep", nested(10)),
        Arguments.of("nested 40 deep", nested(40)),
        Arguments.of("anyOf 20", anyOf(20)),
        Arguments.of("anyOf 100", anyOf(100)),
        Arguments.of(
            "enum of 500", object("{\"enum\":[" + join(500, i -> "\"v " + i + "\"") + "]}")),
        Arguments.of("OpenAPI", openApi(90)),
        Arguments.of(
            "200 required",
            properties(
                200,
                "{\"type\":\"string\"}",
                ",\"required\":[" + join(200, i -> "\"property_" + i + "\"") + "]")),
        Arguments.of(
            "200 optional",
            properties(200, "{\"type\":\"string\"}", ",\"additionalProperties\":false")),
        Arguments.of(
            "200 optional and others",
            properties(200, "{\"type\":\"number\"}", ",\"additionalProperties\":true")),
        Arguments.of(
            "60 limited strings", properties(60, "{\"type\":\"string\",\"maxLength\":255}", "")),
        Arguments.of(
            "tree",
            """
            {"$ref":"#/$defs/node","$defs":{"node":{"type":"object","properties":{
              "value":{"type":"string"},
              "children":{"type":"array","items":{"$ref":"#/$defs/node"}}},
              "required":["value","children"],"additionalProperties":false}}}
            """),
        Arguments.of(
            "refers to itself",
            "{\"type\":\"object\",\"properties\":{\"next\":{\"$ref\":\"#\"}},"
                + "\"additionalProperties\":false}"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("real")
  void realSchemasPass(String name, String schema) {
    passes(schema);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"format\":\"date\"}",
        "{\"format\":\"time\"}",
        "{\"type\":\"string\",\"format\":\"date-time\"}",
        "{\"type\":\"string\",\"format\":\"uuid\"}",
        "{\"type\":\"string\",\"format\":\"email\"}",
        "{\"type\":\"string\",\"minLength\":1,\"maxLength\":2000}",
        "{\"type\":\"string\",\"maxLength\":100000}",
        "{\"type\":\"string\",\"pattern\":\"^[a-z0-9._%+-]+@[a-z0-9.-]+\\\\.[a-z]{2,}$\"}",
        "{\"type\":\"string\",\"pattern\":\"^(\\\\([0-9]{3}\\\\))?[0-9]{3}-[0-9]{4}$\"}",
        "{\"type\":\"string\",\"pattern\":\"^[a-z0-9]+(-[a-z0-9]+)*$\"}",
        "{\"type\":\"string\",\"pattern\":\"^[a-z]{0,255}$\"}",
        "{\"type\":\"string\",\"pattern\":\"^(?=a)a$\"}",
        "{\"type\":\"integer\",\"minimum\":-9007199254740991,\"maximum\":9007199254740991}",
        "{\"type\":\"integer\",\"minimum\":0,\"maximum\":18446744073709551615}",
        "{\"type\":\"number\",\"minimum\":0,\"maximum\":1}",
        "{\"type\":[\"string\",\"null\"]}",
        "{\"type\":\"array\",\"items\":{\"type\":\"string\"},\"maxItems\":1000}",
        "{\"type\":\"array\",\"prefixItems\":[{\"type\":\"string\"},{\"type\":\"number\"}]}",
        "{\"type\":\"array\"}",
        "{\"type\":\"object\"}",
        "{\"type\":\"object\",\"additionalProperties\":{\"type\":\"integer\"}}",
        "{\"const\":\"foo\"}",
        "{\"enum\":[\"red\",\"amber\",null,42,[\"foo\"]]}",
        "{\"oneOf\":[{\"type\":\"string\"},{\"type\":\"null\"}]}",
        "{}",
      })
  void keywordsPass(String schema) {
    passes(object(schema));
  }

  /** What each of them says differs, so that a user sees what to change. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"type":"kaboom"}                              | unrecognized type kaboom
          {"type":123}                                   | type must be a string
          {"type":[]}                                    | type must not be empty
          {"enum":[]}                                    | enum must be a non-empty array
          {"anyOf":[]}                                   | must not be empty
          {"properties":{"a":true}}                      | schema must be an object
          {"type":"string","pattern":"^(a$"}             | unbalanced parentheses
          {"type":"string","pattern":"^(([a-z]+)+)+$"}   | more ways to go on
          {"type":"string","minLength":-1}               | must be a non-negative integer
          {"type":"string","minLength":5,"maxLength":1}  | must be at least the minimum
          {"$ref":"#/$defs/none"}                        | cannot resolve $ref
          {"$ref":"https://example.com/schema"}          | must begin with #
          {"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/a"}}} | left recursion
          """)
  void refusalsSayWhy(String schema, String why) {
    assertThatThrownBy(() -> passes(schema)).hasMessageContaining(why);
  }

  private static String answer(String schema, long seed) {
    return context
        .chat(
            request(schema)
                .maxTokens(24)
                .sampler(SamplerParams.builder().temperature(1).seed(seed).build())
                .build())
        .answer()
        .text();
  }

  /** The beginning or the whole of what a regular expression matches. */
  private static void answersMatch(String schema, String whole) {
    for (int seed = 1; seed <= 2; seed++) {
      var matcher = java.util.regex.Pattern.compile(whole).matcher(answer(schema, seed));
      assertThat(matcher.matches() || matcher.hitEnd()).as(matcher.toString()).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = "=>",
      textBlock =
          """
          {"type":"integer","minimum":100,"maximum":200} => 1[0-9][0-9]|200
          {"type":"integer","minimum":205} => 20[5-9]|2[1-9][0-9]|[3-9][0-9]{2}|[1-9][0-9]{3,15}
          {"type":"integer","maximum":-5} => -[5-9]|-[1-9][0-9]{1,15}
          {"type":"integer","exclusiveMinimum":8,"exclusiveMaximum":10} => 9
          {"type":"boolean"} => true|false
          {"const":{"a":[1,null]}} => \\{"a":\\[1,null\\]\\}
          {"enum":["a",1,null]} => "a"|1|null
          {"type":"string","pattern":"^\\\\d{3}-[A-F]$"} => "[0-9]{3}-[A-F]"
          {"type":"string","pattern":"^\\"\\\\w\\\\\\\\$"} => "\\\\"[a-zA-Z0-9_]\\\\\\\\"
          {"type":"string","pattern":"^.{3}$"} => "[^"\\\\\\x00-\\x1f]{3}"
          {"type":"string","pattern":"^[^a]{3}$"} => "[^a"\\\\\\x00-\\x1f]{3}"
          {"type":"string","pattern":"^[ -~]{2}$"} => "([ -~&&[^"\\\\]]|\\\\["\\\\]){2}"
          {"type":"string","pattern":"^ab\\\\.?$"} => "ab\\.?"
          {"type":"string","format":"uuid"} => "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
          {"items":{"const":1},"minItems":2,"maxItems":3} => \\[\\s*1,\\s*1(,\\s*1)?\\s*\\]
          {"properties":{"a":{"const":1},"b":{"const":2}},"required":["b"]} => \\{\\s*"b"\\s*:\\s*2(,\\s*"a"\\s*:\\s*1)?\\s*\\}
          """)
  void answersFollow(String schema, String whole) {
    answersMatch(schema, whole);
  }

  @Test
  void aTreeIsGenerated() {
    answersMatch(
        "{\"$ref\":\"#/$defs/n\",\"$defs\":{\"n\":{\"type\":\"array\",\"maxItems\":2,"
            + "\"items\":{\"$ref\":\"#/$defs/n\"}}}}",
        "[\\[\\],\\s]*");
  }
}
