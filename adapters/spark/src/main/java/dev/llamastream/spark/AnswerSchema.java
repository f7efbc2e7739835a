package dev.llamastream.spark;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamastream.InvalidValueException;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;

/**
 * What answers in JSON follow, for the model and for Spark.
 *
 * @param jsonSchema for the model
 * @param type for Spark
 */
record AnswerSchema(String jsonSchema, StructType type) {

  private static final String NAME = "schema";
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /**
   * Reads a schema.
   *
   * @param schema a JSON schema of an object, or columns as Spark writes them
   * @throws InvalidValueException if it is neither
   */
  static AnswerSchema of(String schema) {
    return schema.stripLeading().startsWith("{") ? ofJson(schema) : ofColumns(schema);
  }

  private static AnswerSchema ofJson(String schema) {
    try {
      JsonNode root = MAPPER.readTree(schema);
      DataType type = new SchemaTypes(root).typeOf(root);
      if (type instanceof StructType struct) {
        return new AnswerSchema(schema, struct);
      }
      throw new InvalidValueException(
          NAME, "the JSON schema must be of an object with properties, is of " + type.sql());
    } catch (JsonProcessingException e) {
      throw new InvalidValueException(NAME, e);
    }
  }

  private static AnswerSchema ofColumns(String columns) {
    StructType type;
    try {
      type = StructType.fromDDL(columns);
    } catch (Exception e) {
      // Scala declares nothing: a ParseException is checked
      if (e instanceof RuntimeException failure && !(e instanceof IllegalArgumentException)) {
        throw failure;
      }
      throw new InvalidValueException(NAME, e);
    }
    ObjectNode schema = TypeSchemas.of(type);
    return new AnswerSchema(schema.toString(), type);
  }
}
