package dev.llamastream.spark;

import dev.llamastream.spark.LlamaSettings.Mode;
import java.io.Serial;
import java.util.Iterator;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.JoinedRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/** Adds the column with the answers to the rows of a partition. */
final class AnswerColumn implements FlatMapFunction<Iterator<InternalRow>, InternalRow> {

  @Serial private static final long serialVersionUID = 1L;

  private final LlamaSettings settings;
  private final LlamaUsage usage;
  private final int text;
  private final StructType output;

  /**
   * For rows that are alike.
   *
   * @param text the index of the column with the texts
   * @param output all columns, the answers last
   */
  AnswerColumn(LlamaSettings settings, LlamaUsage usage, int text, StructType output) {
    this.settings = settings;
    this.usage = usage;
    this.text = text;
    this.output = output;
  }

  @Override
  public Iterator<InternalRow> call(Iterator<InternalRow> rows) {
    Mode mode = settings.mode();
    UnsafeProjection projection = UnsafeProjection.create(output);
    return AnswerIterator.of(
        new Copies(rows),
        this::input,
        (row, answer) -> projection.apply(joined(row, AnswerStruct.of(answer, mode))),
        settings,
        usage);
  }

  private @Nullable RowInput input(InternalRow row) {
    if (row.isNullAt(text)) {
      return null;
    }
    String asked = row.getUTF8String(text).toString();
    return new RowInput(asked, asked);
  }

  private static InternalRow joined(InternalRow row, @Nullable InternalRow answer) {
    return new JoinedRow(row, new GenericInternalRow(new @Nullable Object[] {answer}));
  }

  /** Spark changes a row when it reads the next one. */
  private record Copies(Iterator<InternalRow> rows) implements Iterator<InternalRow> {

    @Override
    public boolean hasNext() {
      return rows.hasNext();
    }

    @Override
    public InternalRow next() {
      return rows.next().copy();
    }
  }
}
