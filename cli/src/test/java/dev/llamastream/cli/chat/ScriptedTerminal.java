package dev.llamastream.cli.chat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;

/** A terminal at which a script types. Prints what a person would see, dim lines in parentheses. */
final class ScriptedTerminal implements ChatTerminal {

  /** Typed: Ctrl+C at the prompt. */
  static final String CTRL_C = "\u0003";

  final List<String> drafts = new ArrayList<>();
  List<String> offered = List.of();
  private final Queue<String> typed;
  private final StringBuilder screen = new StringBuilder();
  private final AnswerLines answer =
      new AnswerLines(screen::append, piece -> screen.append('~').append(piece), true);
  private String stopAt = "\0";
  private Runnable stop = () -> {};

  ScriptedTerminal(String... typed) {
    this.typed = new ArrayDeque<>(Arrays.asList(typed));
  }

  /** Ctrl+C is pressed when this piece of an answer appears. */
  ScriptedTerminal stoppingAt(String piece) {
    stopAt = piece;
    return this;
  }

  String screen() {
    return screen.toString();
  }

  @Override
  public boolean interactive() {
    return true;
  }

  @Override
  public void offer(List<String> commands) {
    offered = commands;
  }

  @Override
  public Input read(String draft) {
    drafts.add(draft);
    String text = typed.poll();
    if (text == null) {
      return new Input.End();
    }
    return text.equals(CTRL_C) ? new Input.GivenUp() : TypedText.input(text);
  }

  @Override
  public void text(String piece) {
    answer.text(piece);
    if (piece.equals(stopAt)) {
      stop.run();
    }
  }

  @Override
  public void thinking(String piece) {
    answer.thinking(piece);
    if (piece.equals(stopAt)) {
      stop.run();
    }
  }

  @Override
  public void endAnswer() {
    answer.end();
  }

  @Override
  public void print(String lines) {
    screen.append(lines).append('\n');
  }

  @Override
  public void note(String line) {
    screen.append('(').append(line).append(")\n");
  }

  @Override
  public void error(String message) {
    screen.append("error: ").append(message).append('\n');
  }

  @Override
  public Guard stopWith(Runnable toStop) {
    stop = toStop;
    return () -> stop = () -> {};
  }

  @Override
  public boolean broken() {
    return false;
  }

  @Override
  public void close() {}
}
