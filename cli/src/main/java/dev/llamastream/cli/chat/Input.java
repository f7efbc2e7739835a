package dev.llamastream.cli.chat;

/** What was typed. */
public sealed interface Input {

  /** Something to say to the model; may be blank. */
  record Message(String text) implements Input {}

  /**
   * A command.
   *
   * @param name without the slash
   * @param argument what follows, without blanks around it; empty for nothing
   */
  record Command(String name, String argument) implements Input {}

  /** The line was given up. */
  record GivenUp() implements Input {}

  /** There is no more input. */
  record End() implements Input {}
}
