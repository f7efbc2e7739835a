package dev.llamastream.cli.chat;

import java.util.List;

/** Where a chat reads and prints. For one thread. */
public interface ChatTerminal extends AutoCloseable {

  /** Whether a person sits at it, who wants a prompt, commands and figures. */
  boolean interactive();

  /** Says which commands there are, without slashes, so that a person can complete them. */
  void offer(List<String> commands);

  /**
   * Reads the next input.
   *
   * @param draft what stands in the line already; empty for nothing
   */
  Input read(String draft);

  /** Prints more of an answer. */
  void text(String piece);

  /** Prints more of what the model thinks. */
  void thinking(String piece);

  /** Ends the line of the answer. */
  void endAnswer();

  /** Prints lines that a command gives. */
  void print(String lines);

  /** Prints a remark about what happens. */
  void note(String line);

  /** Reports an error on one line. */
  void error(String message);

  /**
   * While the result is open, Ctrl+C calls {@code stop} instead of what it does otherwise.
   *
   * @param stop may be called by any thread, at any time and several times
   */
  Guard stopWith(Runnable stop);

  /** Whether nobody reads what is printed any more. */
  boolean broken();

  @Override
  void close();
}
