package dev.llamastream.cli.chat;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jline.keymap.KeyMap;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.Reference;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.terminal.Terminal;

/** Reads what is typed on a terminal: line editing, history, completion, several lines. */
final class LineEditor {

  private static final String PROMPT = "> ";
  private static final String ENTER = "enter-or-continue";
  private static final int REMEMBERED = 2000;

  private final CommandCompleter completer = new CommandCompleter();
  private final LineReader reader;

  /**
   * An editor.
   *
   * @param history where to keep what was typed; empty to forget it
   */
  LineEditor(Terminal terminal, Optional<Path> history) {
    // quotes and backslashes are nothing special in a message
    DefaultParser words = new DefaultParser();
    words.setQuoteChars(new char[0]);
    words.setEscapeChars(new char[0]);
    LineReaderBuilder builder =
        LineReaderBuilder.builder()
            .terminal(terminal)
            .appName("llamastream")
            .parser(words)
            .completer(completer)
            .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
            .variable(LineReader.SECONDARY_PROMPT_PATTERN, "  ")
            .variable(LineReader.HISTORY_SIZE, REMEMBERED)
            .variable(LineReader.HISTORY_FILE_SIZE, REMEMBERED);
    history.ifPresent(file -> builder.variable(LineReader.HISTORY_FILE, file));
    reader = builder.build();
    reader.getWidgets().put(ENTER, this::enter);
    for (String map : List.of(LineReader.EMACS, LineReader.VIINS, LineReader.VICMD)) {
      // a line that was typed during an answer ends with the second
      requireNonNull(reader.getKeyMaps().get(map))
          .bind(new Reference(ENTER), "\r", KeyMap.ctrl('J'));
    }
  }

  /** Completes these commands. */
  void offer(List<String> commands) {
    completer.offer(commands);
  }

  /** Reads the next input, which begins with a draft. */
  Input read(String draft) {
    try {
      return TypedText.input(reader.readLine(PROMPT, null, (Character) null, draft));
    } catch (UserInterruptException e) {
      return new Input.GivenUp();
    } catch (EndOfFileException e) {
      return new Input.End();
    }
  }

  /** What the Enter key does. */
  private boolean enter() {
    String text = reader.getBuffer().toString();
    boolean continues = TypedText.continues(text);
    if (!continues && !TypedText.isOpenBlock(text)) {
      reader.callWidget("." + LineReader.ACCEPT_LINE);
      return true;
    }
    reader.getBuffer().cursor(text.codePointCount(0, text.length()));
    if (continues && !TypedText.isOpenBlock(text)) {
      reader.getBuffer().backspace();
    }
    reader.getBuffer().write('\n');
    return true;
  }

  /** Writes the history. */
  void save() throws IOException {
    reader.getHistory().save();
  }
}
