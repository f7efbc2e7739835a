package dev.llamastream.cli.chat;

import dev.llamastream.LlamaException;
import dev.llamastream.chat.ChatStream;
import java.io.IOException;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;

/** Reads, answers and prints, until the end. */
final class Repl {

  private static final int OK = 0;
  private static final int FAILED = 1;
  private static final int BROKEN_PIPE = 128 + 13;

  private final Chat chat;
  private final ChatTerminal terminal;
  private final boolean figures;
  private final Commands commands;
  private boolean failed;

  /**
   * A chat on a terminal.
   *
   * @param figures whether each answer is followed by its figures
   */
  Repl(Chat chat, ChatTerminal terminal, boolean figures) {
    this.chat = chat;
    this.terminal = terminal;
    this.figures = figures;
    commands = new Commands(chat, terminal);
    terminal.offer(commands.names());
  }

  /**
   * Runs until the input ends. Returns the exit status: 1 if there is no person who saw the errors.
   */
  int run() {
    Next next = new Next.Read();
    while (!(next instanceof Next.Leave) && !terminal.broken()) {
      next = step(next);
    }
    if (terminal.broken()) {
      return BROKEN_PIPE;
    }
    return failed && !terminal.interactive() ? FAILED : OK;
  }

  private Next step(Next now) {
    try {
      return switch (now) {
        case Next.Read _ -> read();
        case Next.Edit edit -> edit(edit.question());
        case Next.Answer answer -> answer(answer.question());
        case Next.Leave leave -> leave;
      };
    } catch (LlamaException | IllegalArgumentException | IOException | CancellationException e) {
      failed = true;
      terminal.error(oneLine(e));
      return new Next.Read();
    }
  }

  private static String oneLine(Exception e) {
    String message = e.getMessage();
    return (message == null ? e.toString() : message).strip().replaceAll("\\s*\\R\\s*", " ");
  }

  private Next read() throws IOException {
    return switch (terminal.read("")) {
      case Input.Message message -> ask(message.text());
      case Input.Command command -> commands.run(command);
      case Input.GivenUp _ -> new Next.Read();
      case Input.End _ -> new Next.Leave();
    };
  }

  private Next edit(String question) throws IOException {
    return switch (terminal.read(TypedText.typed(question))) {
      case Input.Message message when message.text().isBlank() -> new Next.Read();
      case Input.Message message -> {
        chat.conversation().undo();
        yield ask(message.text());
      }
      case Input.Command command -> commands.run(command);
      case Input.GivenUp _ -> new Next.Read();
      case Input.End _ -> new Next.Leave();
    };
  }

  private Next ask(String text) {
    return text.isBlank() ? new Next.Read() : new Next.Answer(() -> chat.conversation().say(text));
  }

  private Next answer(Supplier<ChatStream> question) {
    new Turn(chat, terminal, figures).run(question);
    if (terminal.interactive()) {
      terminal.print("");
    }
    return new Next.Read();
  }
}
