package dev.llamastream.cli.batch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a first look at the whole input tells.
 *
 * @param lines how many lines it has, without blank ones
 * @param different the number of a line that is not the one that the output answers; 0 if all are
 */
record InputScan(int lines, int different) {

  static InputScan of(Path input, Answered answered) throws IOException {
    int count = 0;
    int known = 0;
    try (LineReader lines = new LineReader(Files.newInputStream(input), LineParser.MAX_LINE)) {
      for (InputLine line = lines.next(); line != null; line = lines.next()) {
        count++;
        if (answered.has(line.number())) {
          known++;
          if (answered.crc(line.number()) != line.crc()) {
            return new InputScan(count, line.number());
          }
        }
      }
    }
    return new InputScan(count, known < answered.count() ? answered.max() : 0);
  }
}
