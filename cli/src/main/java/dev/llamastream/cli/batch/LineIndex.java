package dev.llamastream.cli.batch;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where the lines of an output are. */
final class LineIndex {

  private final List<Entry> entries = new ArrayList<>();

  /** Reads the positions of all lines. The file must be an output whose lines are whole. */
  LineIndex(Path path) throws IOException {
    try (LineReader lines = new LineReader(Files.newInputStream(path), Integer.MAX_VALUE - 64)) {
      long from = 0;
      InputLine line = lines.next();
      while (line != null) {
        OutputLine answer = OutputLine.parse(line.bytes() == null ? new byte[0] : line.bytes());
        if (answer != null) {
          entries.add(new Entry(answer.line(), answer.failed(), from, lines.position() - from));
        }
        from = lines.position();
        line = lines.next();
      }
    }
  }

  private record Entry(int line, boolean failed, long from, long length) {}

  /** All lines, in the order of the input. */
  Selection inOrder() {
    return new Selection(entries.stream().sorted(Comparator.comparingInt(Entry::line)).toList());
  }

  /** The lines that have no error, in the order of the file. */
  Selection withoutFailed() {
    return new Selection(entries.stream().filter(entry -> !entry.failed).toList());
  }

  /** Some lines, in some order. */
  record Selection(List<Entry> entries) {
    void copy(FileChannel source, FileChannel target) throws IOException {
      Entry run = null;
      for (Entry entry : entries) {
        if (run != null && entry.from == run.from + run.length) {
          run = new Entry(run.line, false, run.from, run.length + entry.length);
        } else {
          copy(source, run, target);
          run = entry;
        }
      }
      copy(source, run, target);
    }

    /** Lines that follow each other, at once. */
    private static void copy(FileChannel source, @Nullable Entry run, FileChannel target)
        throws IOException {
      long copied = 0;
      while (run != null && copied < run.length) {
        copied += source.transferTo(run.from + copied, run.length - copied, target);
      }
    }
  }
}
