package dev.llamastream.spark;

import dev.llamastream.spark.LlamaSettings.Mode;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.util.GenericArrayData;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.UTF8String;
import org.jspecify.annotations.Nullable;

/** Answers as SQL has them: structs. */
final class AnswerStruct {

  /** Name of the first field of an embedding. */
  static final String EMBEDDING = "embedding";

  /** Name of the first field of a text. */
  static final String TEXT = "text";

  private static final StructType EMBEDDED =
      new StructType()
          .add(EMBEDDING, DataTypes.createArrayType(DataTypes.FloatType, false))
          .add("error", DataTypes.StringType)
          .add("prompt_tokens", DataTypes.IntegerType);
  private static final StructType GENERATED =
      new StructType()
          .add(TEXT, DataTypes.StringType)
          .add("error", DataTypes.StringType)
          .add("finish_reason", DataTypes.StringType)
          .add("prompt_tokens", DataTypes.IntegerType)
          .add("cached_tokens", DataTypes.IntegerType)
          .add("generated_tokens", DataTypes.IntegerType);

  private AnswerStruct() {}

  static StructType type(Mode mode) {
    return mode == Mode.EMBED ? EMBEDDED : GENERATED;
  }

  /** The type with its first field replaced. */
  static StructType withFirst(StructType type, String name, DataType first) {
    StructType result = new StructType().add(name, first);
    for (int i = 1; i < type.length(); i++) {
      result = result.add(type.fields()[i]);
    }
    return result;
  }

  /** The struct of an answer; null for a row without a text. */
  static @Nullable InternalRow of(RowAnswer answer, Mode mode) {
    if (answer.equals(RowAnswer.NULL)) {
      return null;
    }
    int promptTokens = answer.stats().promptTokens();
    if (mode == Mode.EMBED) {
      return row(floats(answer.embedding()), text(answer.error()), promptTokens);
    }
    return row(
        text(answer.text()),
        text(answer.error()),
        text(answer.finishReason()),
        promptTokens,
        answer.stats().cachedPromptTokens(),
        answer.stats().generatedTokens());
  }

  private static InternalRow row(@Nullable Object... values) {
    return new GenericInternalRow(values);
  }

  private static @Nullable UTF8String text(@Nullable String text) {
    return UTF8String.fromString(text);
  }

  private static @Nullable GenericArrayData floats(@Nullable Vector vector) {
    if (vector == null) {
      return null;
    }
    float[] floats = new float[vector.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) vector.apply(i);
    }
    return new GenericArrayData(floats);
  }
}
