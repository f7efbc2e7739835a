package dev.llamastream.spark;

import java.io.Serial;
import java.util.Iterator;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.jspecify.annotations.Nullable;

/** Adds to the rows of a partition their results and errors. */
final class RowAnswers implements MapPartitionsFunction<Row, Row> {

  @Serial private static final long serialVersionUID = 1L;
  static final int NO_KEY = -1;

  private final LlamaSettings settings;
  private final LlamaUsage usage;
  private final int text;
  private final int key;

  /**
   * For rows that are alike.
   *
   * @param text the index of the column
   * @param key the index of the column, or {@link #NO_KEY}
   */
  RowAnswers(LlamaSettings settings, LlamaUsage usage, int text, int key) {
    this.settings = settings;
    this.usage = usage;
    this.text = text;
    this.key = key;
  }

  @Override
  public Iterator<Row> call(Iterator<Row> rows) {
    return AnswerIterator.of(rows, this::input, RowAnswers::output, settings, usage);
  }

  private @Nullable RowInput input(Row row) {
    if (row.isNullAt(text)) {
      return null;
    }
    String asked = row.getString(text);
    boolean hasKey = key != NO_KEY && !row.isNullAt(key);
    return new RowInput(asked, hasKey ? String.valueOf(row.get(key)) : asked);
  }

  private static Row output(Row row, RowAnswer answer) {
    int size = row.size();
    @Nullable Object[] values = new Object[size + 2];
    for (int i = 0; i < size; i++) {
      values[i] = row.get(i);
    }
    values[size] = answer.embedding() == null ? answer.text() : answer.embedding();
    values[size + 1] = answer.error();
    return RowFactory.create(values);
  }
}
