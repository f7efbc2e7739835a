package dev.llamastream.spark;

import dev.llamastream.InvalidValueException;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Predicate;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** The columns that a transformer reads and adds. */
final class Columns {

  /** What a column may hold. */
  record Kind(String name, Predicate<DataType> accepts) {}

  static final Kind TEXT = new Kind("strings", StringType.class::isInstance);

  /** What has the same text on every machine. */
  static final Kind KEY =
      new Kind(
          "strings, numbers or booleans",
          type ->
              type instanceof StringType
                  || type instanceof NumericType
                  || type instanceof BooleanType);

  private Columns() {}

  static void require(StructType schema, String param, String column, Kind kind) {
    StructField field =
        Arrays.stream(schema.fields())
            .filter(candidate -> candidate.name().equals(column))
            .findFirst()
            .orElseThrow(
                () ->
                    new InvalidValueException(
                        param, "no column '" + column + "' in " + schema.simpleString()));
    if (!kind.accepts().test(field.dataType())) {
      throw new InvalidValueException(
          param,
          String.format(
              Locale.ROOT,
              "the column '%s' has the type %s, must have %s",
              column,
              field.dataType().sql(),
              kind.name()));
    }
  }

  static StructType add(StructType schema, String param, String column, DataType type) {
    if (Arrays.stream(schema.fieldNames()).anyMatch(column::equalsIgnoreCase)) {
      throw new InvalidValueException(param, "there is a column '" + column + "' already");
    }
    return schema.add(column, type, true);
  }

  /** The same columns, one of them with another type. */
  static StructType retyped(StructType schema, String column, DataType type) {
    StructType result = new StructType();
    for (StructField field : schema.fields()) {
      result = field.name().equals(column) ? result.add(column, type, true) : result.add(field);
    }
    return result;
  }

  static String quoted(String column) {
    return "`" + column.replace("`", "``") + "`";
  }
}
