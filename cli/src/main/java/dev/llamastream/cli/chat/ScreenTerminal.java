package dev.llamastream.cli.chat;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOError;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jline.terminal.Attributes;
import org.jline.terminal.Attributes.LocalFlag;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.Terminal.Signal;
import org.jline.terminal.Terminal.SignalHandler;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.InfoCmp.Capability;

/** A terminal with a person at it. */
public final class ScreenTerminal implements ChatTerminal {

  private static final String DIM = "\u001B[2m";
  private static final String NORMAL = "\u001B[0m";

  private final Terminal terminal;
  private final ExitGuard exit;
  private final boolean colours;
  private final LineEditor editor;
  private final AnswerLines answer;
  private boolean gone;

  private ScreenTerminal(Terminal terminal, Optional<Path> history, ExitGuard exit) {
    this.terminal = terminal;
    this.exit = exit;
    Integer most = terminal.getNumericCapability(Capability.max_colors);
    // https://no-color.org
    String without = System.getenv().getOrDefault("NO_COLOR", "");
    colours = most != null && most >= 8 && without.isEmpty();
    editor = new LineEditor(terminal, history);
    answer = new AnswerLines(this::write, piece -> write(dim(piece)), !colours);
    terminal.handle(Signal.INT, _ -> {});
  }

  /** Opens the terminal of this process. What is typed is kept in the user's history file. */
  public static ChatTerminal open(ExitGuard exit) throws IOException {
    Terminal terminal =
        TerminalBuilder.builder()
            .system(true)
            // the others would bring native libraries of their own, or start programs
            .provider("ffm")
            .dumb(true)
            .encoding(UTF_8)
            .build();
    if (terminal.getWidth() == 0) {
      // in some containers nobody says how large the terminal is
      terminal.setSize(new Size(80, 24));
    }
    return over(terminal, history(), exit);
  }

  /** A chat on this terminal. */
  static ScreenTerminal over(Terminal terminal, Optional<Path> history, ExitGuard exit) {
    return new ScreenTerminal(terminal, history, exit);
  }

  /** Empty if no file can be used: a chat needs none. */
  private static Optional<Path> history() {
    Optional<Path> file = HistoryFile.path(System.getenv(), System::getProperty);
    try {
      if (file.isPresent()) {
        HistoryFile.prepare(file.get());
      }
      return file;
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  @Override
  public boolean interactive() {
    return true;
  }

  @Override
  public void offer(List<String> commands) {
    editor.offer(commands);
  }

  @Override
  public Input read(String draft) {
    try {
      return editor.read(draft);
    } catch (IllegalStateException | IOError e) {
      gone = true;
      return new Input.End();
    }
  }

  @Override
  public void text(String piece) {
    answer.text(ShownText.of(piece));
  }

  @Override
  public void thinking(String piece) {
    answer.thinking(ShownText.of(piece));
  }

  @Override
  public void endAnswer() {
    answer.end();
  }

  @Override
  public void print(String lines) {
    write(ShownText.of(lines) + "\n");
  }

  @Override
  public void note(String line) {
    write(dim(ShownText.of(line)) + "\n");
  }

  @Override
  public void error(String message) {
    write("error: " + ShownText.of(message) + "\n");
  }

  private String dim(String piece) {
    return colours ? DIM + piece + NORMAL : piece;
  }

  private void write(String piece) {
    whileOpen(
        () -> {
          terminal.writer().print(piece);
          terminal.flush();
        });
  }

  /** JLine closes the terminal when the process is told to end. Then nobody is there any more. */
  private void whileOpen(Runnable use) {
    try {
      use.run();
    } catch (IllegalStateException e) {
      gone = true;
    }
  }

  /** Hides what is typed meanwhile: it would stand in the middle of the answer. */
  @Override
  public Guard stopWith(Runnable stop) {
    Guard atExit = exit.stopWith(stop);
    Attributes before = terminal.getAttributes();
    Attributes silent = new Attributes(before);
    silent.setLocalFlag(LocalFlag.ECHO, false);
    terminal.setAttributes(silent);
    SignalHandler handler = terminal.handle(Signal.INT, _ -> stop.run());
    return () -> {
      whileOpen(
          () -> {
            terminal.handle(Signal.INT, handler);
            terminal.setAttributes(before);
          });
      atExit.close();
    };
  }

  @Override
  public boolean broken() {
    return gone;
  }

  @Override
  public void close() {
    try (terminal) {
      editor.save();
    } catch (IOException e) {
      error("the history could not be saved: " + e.getMessage());
    }
  }
}
