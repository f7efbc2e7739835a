package dev.llamastream.cli.chat;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.List;

/** Reads messages from a pipe. Prints answers to one writer, and everything else to another. */
public final class PipedTerminal implements ChatTerminal {

  private final MessageReader messages;
  private final PrintWriter out;
  private final PrintWriter err;
  private final ExitGuard exit;
  private final AnswerLines answer;

  /** Reads UTF-8 from {@code in}. Closes nothing. */
  public PipedTerminal(InputStream in, PrintWriter out, PrintWriter err, ExitGuard exit) {
    messages = new MessageReader(in);
    this.out = out;
    this.err = err;
    this.exit = exit;
    answer = new AnswerLines(piece -> write(out, piece), piece -> write(err, piece), true);
  }

  private static void write(PrintWriter to, String piece) {
    to.print(piece);
    to.flush();
  }

  @Override
  public boolean interactive() {
    return false;
  }

  @Override
  public void offer(List<String> commands) {}

  @Override
  public Input read(String draft) {
    try {
      return messages.next().<Input>map(Input.Message::new).orElseGet(Input.End::new);
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  @Override
  public void text(String piece) {
    answer.text(piece);
  }

  @Override
  public void thinking(String piece) {
    answer.thinking(piece);
  }

  @Override
  public void endAnswer() {
    answer.end();
  }

  @Override
  public void print(String lines) {
    err.println(lines);
  }

  @Override
  public void note(String line) {
    err.println(line);
  }

  @Override
  public void error(String message) {
    err.println("error: " + message);
  }

  @Override
  public Guard stopWith(Runnable stop) {
    return exit.stopWith(stop);
  }

  @Override
  public boolean broken() {
    return out.checkError();
  }

  @Override
  public void close() {}
}
