package dev.llamastream.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.InvalidValueException;
import dev.llamastream.chat.JsonSchema;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerSchemaTest {

  @Test
  void columnsBecomeAJsonSchema() {
    String columns =
        "name STRING, age INT, size DOUBLE, ok BOOLEAN, tags ARRAY<STRING>, more"
            + " STRUCT<day: DATE, at: TIMESTAMP>, counts MAP<STRING, BIGINT>";
    AnswerSchema schema = AnswerSchema.of(columns);

    assertThat(schema.type()).isEqualTo(StructType.fromDDL(columns));
    assertThat(schema.jsonSchema())
        .contains("\"name\":{\"type\":\"string\"}")
        .contains("\"age\":{\"type\":\"integer\",\"minimum\":-2147483648,\"maximum\":2147483647}")
        .contains("\"day\":{\"type\":\"string\",\"format\":\"date\"}")
        .contains("\"required\":[\"name\",\"age\",")
        .contains("\"additionalProperties\":false");
    assertThat(JsonSchema.toGrammar(schema.jsonSchema())).contains("root ::=");
  }

  @Test
  void aJsonSchemaBecomesColumns() {
    String schema =
        """
        {"type": "object", "$defs": {"tree": {"type": "object", "properties": {
            "next": {"$ref": "#/$defs/tree"}}}},
         "properties": {
           "name": {"type": ["string", "null"]}, "n": {"type": "integer"},
           "x": {"type": "number"}, "b": {"type": "boolean"},
           "kind": {"enum": ["a", "b"]}, "any": {"anyOf": [{"type": "string"}]},
           "list": {"type": "array", "items": {"type": "integer"}},
           "map": {"type": "object", "additionalProperties": {"type": "number"}},
           "in": {"properties": {"y": {"type": "integer"}}}, "tree": {"$ref": "#/$defs/tree"}}}
        """;

    StructType type = AnswerSchema.of(schema).type();

    assertThat(type.simpleString())
        .startsWith(
            "struct<name:string,n:bigint,x:double,b:boolean,kind:string,any:string,"
                + "list:array<bigint>,map:map<string,double>,in:struct<y:bigint>,tree:struct<next:");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        "{\"type\": \"string\"}",
        "{}",
        "name",
        "name NOTHING",
        "b BINARY",
        "m MAP<INT, INT>"
      })
  void saysWhatIsWrong(String schema) {
    assertThatThrownBy(() -> AnswerSchema.of(schema))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageStartingWith("schema: ");
  }
}
