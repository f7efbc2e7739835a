package dev.llamastream.structured;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.OptBoolean;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SchemaOfTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String INT = "\"minimum\":-2147483648,\"maximum\":2147483647";

  private final TypeSchemas schemas = new TypeSchemas(Structured.defaultMapper());

  private JsonNode schema(Type type) throws Exception {
    return JSON.readTree(schemas.of(type));
  }

  /** The definition that the root refers to. */
  private JsonNode definition(Type type) throws Exception {
    JsonNode schema = schema(type);
    return schema.at(schema.path("$ref").asText().substring(1));
  }

  private static JsonNode json(String text) throws Exception {
    return JSON.readTree(text);
  }

  enum Color {
    RED,
    @JsonProperty("light-blue")
    BLUE
  }

  record Simple(
      String text,
      int number,
      long large,
      double fraction,
      boolean yes,
      Integer boxed,
      BigDecimal exact,
      Color color,
      UUID id,
      URI uri) {}

  @Test
  void simpleTypes() throws Exception {
    assertThat(definition(Simple.class))
        .isEqualTo(
            json(
                """
                {"type":"object","properties":{"text":{"type":"string"},
                "number":{"type":"integer",%1$s},"large":{"type":"integer"},
                "fraction":{"type":"number"},"yes":{"type":"boolean"},
                "boxed":{"type":"integer",%1$s},"exact":{"type":"number"},
                "color":{"enum":["RED","light-blue"]},"id":{"type":"string","format":"uuid"},
                "uri":{"type":"string","format":"uri"}},
                "required":["text","number","large","fraction","yes","boxed","exact","color","id",
                "uri"],"additionalProperties":false}
                """
                    .formatted(INT)));
  }

  @Test
  void propertiesKeepTheirOrder() throws Exception {
    assertThat(definition(Simple.class).path("properties").fieldNames())
        .toIterable()
        .startsWith("text", "number", "large", "fraction", "yes");
  }

  record Node(String value, List<Node> children) {}

  @Test
  void aTypeMayContainItself() throws Exception {
    assertThat(schema(Node.class))
        .isEqualTo(
            json(
                """
                {"$ref":"#/$defs/Node","$defs":{"Node":{"type":"object","properties":{
                "value":{"type":"string"},
                "children":{"type":"array","items":{"$ref":"#/$defs/Node"}}},
                "required":["value","children"],"additionalProperties":false}}}
                """));
  }

  @Test
  void listsMapsAndArrays() throws Exception {
    assertThat(definition(new TypeReference<List<Integer>>() {}.getType()))
        .isEqualTo(json("{\"type\":\"array\",\"items\":{\"type\":\"integer\"," + INT + "}}"));
    assertThat(definition(String[].class))
        .isEqualTo(json("{\"type\":\"array\",\"items\":{\"type\":\"string\"}}"));
    assertThat(definition(new TypeReference<Map<String, Boolean>>() {}.getType()))
        .isEqualTo(json("{\"type\":\"object\",\"additionalProperties\":{\"type\":\"boolean\"}}"));
  }

  record Required(
      Optional<String> maybe,
      OptionalInt number,
      OptionalDouble fraction,
      @Nullable String nullable,
      @JsonProperty(isRequired = OptBoolean.FALSE) String left,
      @JsonProperty(required = true) Optional<String> must,
      String plain) {}

  @Test
  void whatIsOptionalIsNotRequired() throws Exception {
    assertThat(definition(Required.class).path("required")).isEqualTo(json("[\"must\",\"plain\"]"));
    assertThat(definition(Required.class).at("/properties/number/type").toString())
        .contains("integer");
  }

  record Limits(
      @Min(1) @Max(5) int stars,
      @Size(min = 2, max = 20) String text,
      @Size(max = 3) List<String> list,
      @Pattern(regexp = "[A-Z]{2}") String code,
      @Pattern(regexp = "^[a-z]+$") String word) {}

  @Test
  void limitsOfJakartaBecomeKeywords() throws Exception {
    JsonNode properties = definition(Limits.class).path("properties");

    assertThat(properties.path("stars"))
        .isEqualTo(json("{\"type\":\"integer\",\"minimum\":1,\"maximum\":5}"));
    assertThat(properties.path("text"))
        .isEqualTo(json("{\"type\":\"string\",\"minLength\":2,\"maxLength\":20}"));
    assertThat(properties.at("/list/maxItems")).isEqualTo(json("3"));
    assertThat(properties.at("/code/pattern").asText()).isEqualTo("^([A-Z]{2})$");
    assertThat(properties.at("/word/pattern").asText()).isEqualTo("^[a-z]+$");
  }

  record Jackson(
      @JsonProperty("other name") String renamed,
      @JsonPropertyDescription("how many") int count,
      @JsonIgnore String ignored) {}

  @Test
  void annotationsOfJacksonCount() throws Exception {
    JsonNode properties = definition(Jackson.class).path("properties");

    assertThat(properties.fieldNames()).toIterable().containsExactly("other name", "count");
    assertThat(properties.at("/count/description").asText()).isEqualTo("how many");
  }

  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Circle.class, name = "circle"),
    @JsonSubTypes.Type(value = Square.class, name = "square")
  })
  sealed interface Shape {}

  record Circle(double radius) implements Shape {}

  record Square(double side) implements Shape {}

  @Test
  void subtypesAreAlternatives() throws Exception {
    assertThat(definition(new TypeReference<List<Shape>>() {}.getType()).at("/items/anyOf"))
        .isEqualTo(
            json(
                """
                [{"type":"object","properties":{"radius":{"type":"number"},
                "kind":{"const":"circle"}},"required":["radius","kind"],
                "additionalProperties":false},
                {"type":"object","properties":{"side":{"type":"number"},
                "kind":{"const":"square"}},"required":["side","kind"],
                "additionalProperties":false}]
                """));
  }
}
