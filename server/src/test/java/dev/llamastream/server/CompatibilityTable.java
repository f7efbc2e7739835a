package dev.llamastream.server;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The table of clients in docs/compatibility.md. */
final class CompatibilityTable {

  private static final Path FILE = Path.of("..", "docs", "compatibility.md");

  private CompatibilityTable() {}

  /** The rows that the file has, in its order. */
  static List<String> documented() throws IOException {
    return Files.readAllLines(FILE).stream()
        .dropWhile(line -> !line.equals("## Clients"))
        .skip(1)
        .takeWhile(line -> !line.startsWith("#"))
        .filter(line -> line.startsWith("|"))
        .skip(2) // its head
        .toList();
  }

  /** The row of a client that said these lines. */
  static String row(String title, List<String> said) {
    return "| " + title + " | " + those(said, "ok ") + " | " + those(said, "no ") + " |";
  }

  private static String those(List<String> said, String mark) {
    return said.stream()
        .filter(line -> line.startsWith(mark))
        .map(line -> line.substring(mark.length()))
        .collect(joining(", "));
  }
}
