package dev.llamastream.spark;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamastream.InvalidValueException;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.ByteType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.IntegerType;
import org.apache.spark.sql.types.LongType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.ShortType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.types.TimestampType;

/** JSON schemas of Spark's types. A model gives each field a value. */
final class TypeSchemas {

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private TypeSchemas() {}

  /**
   * The schema of a type.
   *
   * @throws InvalidValueException if there is none
   */
  static ObjectNode of(DataType type) {
    return switch (type) {
      case StructType struct -> object(struct);
      case ArrayType array -> named("array").set("items", of(array.elementType()));
      case MapType map when map.keyType() instanceof StringType ->
          named("object").set("additionalProperties", of(map.valueType()));
      case BooleanType _ -> named("boolean");
      case ByteType _ -> integer(Byte.MIN_VALUE, Byte.MAX_VALUE);
      case ShortType _ -> integer(Short.MIN_VALUE, Short.MAX_VALUE);
      case IntegerType _ -> integer(Integer.MIN_VALUE, Integer.MAX_VALUE);
      case LongType _ -> named("integer");
      case NumericType _ -> named("number");
      case DateType _ -> named("string").put("format", "date");
      case TimestampType _ -> named("string").put("format", "date-time");
      case StringType _ -> named("string");
      default -> throw new InvalidValueException("schema", "no JSON is of the type " + type.sql());
    };
  }

  private static ObjectNode named(String type) {
    return NODES.objectNode().put("type", type);
  }

  private static ObjectNode integer(long min, long max) {
    return named("integer").put("minimum", min).put("maximum", max);
  }

  private static ObjectNode object(StructType struct) {
    ObjectNode object = named("object");
    ObjectNode properties = object.putObject("properties");
    ArrayNode required = object.putArray("required");
    for (StructField field : struct.fields()) {
      properties.set(field.name(), of(field.dataType()));
      required.add(field.name());
    }
    return object.put("additionalProperties", false);
  }
}
