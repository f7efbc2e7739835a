package dev.llamastream.cli.batch;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The lines of the input that have no answer yet, in their order. Not thread-safe. */
final class ItemSource {

  private final LineReader lines;
  private final LineParser parser;
  private final Answered answered;
  private final IdSet ids = new IdSet();

  ItemSource(LineReader lines, LineParser parser, Answered answered) {
    this.lines = lines;
    this.parser = parser;
    this.answered = answered;
  }

  /** The next item; null at the end. */
  @Nullable Item next() throws IOException {
    InputLine line = lines.next();
    while (line != null) {
      Item item = unique(line, parser.parse(line));
      if (!answered.has(line.number())) {
        return item;
      }
      line = lines.next();
    }
    return null;
  }

  /** Of the lines with the same {@code custom_id}, only the first is done. */
  private Item unique(InputLine line, Item item) {
    if (item.form() != Item.Form.OPENAI || item.id() == null || ids.add(item.id())) {
      return item;
    }
    return Item.failed(
        line,
        item.form(),
        item.id(),
        new Failure("duplicate_custom_id", "custom_id: an earlier line has the same"));
  }
}
