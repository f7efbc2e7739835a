package dev.llamastream.cli.display;

import java.io.PrintWriter;
import java.util.List;

/**
 * Rows in columns of the needed width; the last column is not padded.
 *
 * @param indent what each row begins with
 * @param rows all of the same length
 */
public record Columns(String indent, List<List<String>> rows) {

  /** Rows that begin at the margin. */
  public Columns(List<List<String>> rows) {
    this("", rows);
  }

  /** Prints the rows. */
  public void printTo(PrintWriter out) {
    int columns = rows.isEmpty() ? 0 : rows.getFirst().size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns - 1; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder(indent);
      for (int i = 0; i < columns; i++) {
        line.append(row.get(i)).repeat(' ', Math.max(0, widths[i] - row.get(i).length()));
        line.append("  ");
      }
      out.println(line.toString().stripTrailing());
    }
  }
}
