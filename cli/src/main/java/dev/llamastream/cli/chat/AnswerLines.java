package dev.llamastream.cli.chat;

import java.util.function.Consumer;

/** Prints an answer: what the model thinks on lines of its own, and the last line ended. */
final class AnswerLines {

  private enum Part {
    NOTHING,
    THINKING,
    TEXT
  }

  private final Consumer<String> text;
  private final Consumer<String> thinking;
  private final boolean marked;
  private Part part = Part.NOTHING;
  private boolean lineBegun;

  /**
   * Prints to these.
   *
   * @param marked whether thinking needs marks around it, because it does not look different
   */
  AnswerLines(Consumer<String> text, Consumer<String> thinking, boolean marked) {
    this.text = text;
    this.thinking = thinking;
    this.marked = marked;
  }

  void text(String piece) {
    enter(Part.TEXT);
    print(text, piece);
  }

  void thinking(String piece) {
    enter(Part.THINKING);
    print(thinking, piece);
  }

  void end() {
    enter(Part.NOTHING);
  }

  private void enter(Part next) {
    if (next == part) {
      return;
    }
    switch (part) {
      case TEXT -> endLine(text);
      case THINKING -> {
        endLine(thinking);
        print(thinking, marked ? "[/thinking]\n" : "\n");
      }
      case NOTHING -> {}
    }
    part = next;
    if (next == Part.THINKING && marked) {
      print(thinking, "[thinking]\n");
    }
  }

  private void endLine(Consumer<String> sink) {
    if (lineBegun) {
      print(sink, "\n");
    }
  }

  private void print(Consumer<String> sink, String piece) {
    sink.accept(piece);
    lineBegun = !piece.endsWith("\n");
  }
}
