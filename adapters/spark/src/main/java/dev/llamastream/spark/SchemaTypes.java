package dev.llamastream.spark;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;

/** Spark's types of JSON schemas. What Spark has no type for is a string with its JSON. */
final class SchemaTypes {

  /** A schema may refer to itself, which no type of Spark can. */
  private static final int MAX_DEPTH = 20;

  private final JsonNode root;

  SchemaTypes(JsonNode root) {
    this.root = root;
  }

  DataType typeOf(JsonNode schema) {
    return typeOf(schema, 0);
  }

  private DataType typeOf(JsonNode schema, int depth) {
    if (depth > MAX_DEPTH) {
      return DataTypes.StringType;
    }
    String reference = schema.path("$ref").asText();
    if (reference.startsWith("#")) {
      return typeOf(root.at(reference.substring(1)), depth + 1);
    }
    return switch (typeName(schema)) {
      case "object" -> object(schema, depth);
      case "array" ->
          schema.path("items").isObject()
              ? DataTypes.createArrayType(typeOf(schema.path("items"), depth + 1))
              : DataTypes.createArrayType(DataTypes.StringType);
      case "integer" -> DataTypes.LongType;
      case "number" -> DataTypes.DoubleType;
      case "boolean" -> DataTypes.BooleanType;
      default -> DataTypes.StringType;
    };
  }

  /** One type, or one that may also be null. */
  private static String typeName(JsonNode schema) {
    JsonNode type = schema.path("type");
    if (type.isArray()) {
      List<String> names = new ArrayList<>();
      type.forEach(name -> names.add(name.asText()));
      names.remove("null");
      return names.size() == 1 ? names.getFirst() : "";
    }
    return type.asText(schema.path("properties").isObject() ? "object" : "");
  }

  private DataType object(JsonNode schema, int depth) {
    List<StructField> fields = new ArrayList<>();
    for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
      fields.add(
          DataTypes.createStructField(
              property.getKey(), typeOf(property.getValue(), depth + 1), true));
    }
    if (!fields.isEmpty()) {
      return DataTypes.createStructType(fields);
    }
    return schema.path("additionalProperties").isObject()
        ? DataTypes.createMapType(
            DataTypes.StringType, typeOf(schema.path("additionalProperties"), depth + 1))
        : DataTypes.StringType;
  }
}
