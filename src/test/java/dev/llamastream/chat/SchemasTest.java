package dev.llamastream.chat;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.Context;
import dev.llamastream.ContextParams;
import dev.llamastream.Model;
import dev.llamastream.internal.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
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
          {"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/a"}}} | leads to itself
          """)
  void refusalsSayWhy(String schema, String why) {
    assertThatThrownBy(() -> passes(schema)).hasMessageContaining(why);
  }

  /** The schemas of llama.cpp's own tests. */
  static Stream<Arguments> llamaCpp() throws IOException {
    try (InputStream file = SchemasTest.class.getResourceAsStream("llama.cpp-schemas.jsonl")) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .map(line -> (Json.Obj) Json.parse(line))
          .map(
              line ->
                  Arguments.of(
                      line.text("name"),
                      line.members().get("schema").toString(),
                      line.members().get("refused").equals(Json.of(true))));
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("llamaCpp")
  void schemasOfLlamaCppPassOrNot(String name, String schema, boolean refused) {
    if (refused) {
      assertThatThrownBy(() -> passes(schema)).isInstanceOf(RuntimeException.class);
    } else {
      passes(schema);
    }
  }
}
