package dev.llamastream.cli.chat;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The rules of what is typed: blocks in triple quotes, lines that continue, commands. */
final class TypedText {

  private static final String QUOTES = "\"\"\"";
  private static final Pattern COMMAND =
      Pattern.compile("/(\\p{Alpha}+)(?:\\s+(.*))?", Pattern.DOTALL);

  private TypedText() {}

  /** Whether the text is a block in triple quotes that has not been closed. */
  static boolean isOpenBlock(String text) {
    String stripped = text.strip();
    return stripped.startsWith(QUOTES) && !isClosed(stripped);
  }

  private static boolean isClosed(String block) {
    return block.length() >= 2 * QUOTES.length() && block.endsWith(QUOTES);
  }

  /** Whether the next line continues this one. */
  static boolean continues(String line) {
    return line.endsWith("\\");
  }

  /** A line that {@link #continues}, without the mark. */
  static String withoutMark(String line) {
    return line.substring(0, line.length() - 1);
  }

  /** The message of a text. A block that was never closed has everything up to its end. */
  static Input.Message message(String text) {
    String block = text.strip();
    if (!block.startsWith(QUOTES)) {
      return new Input.Message(text);
    }
    int end = isClosed(block) ? block.length() - QUOTES.length() : block.length();
    String content = block.substring(QUOTES.length(), end);
    return new Input.Message(content.replaceFirst("^\\h*\\R", "").replaceFirst("\\R\\h*$", ""));
  }

  /** The command or the message of a text. */
  static Input input(String text) {
    Matcher command = COMMAND.matcher(text.strip());
    if (!command.matches()) {
      return message(text);
    }
    String argument = command.group(2);
    return new Input.Command(command.group(1), argument == null ? "" : argument);
  }

  /** How to type a message. */
  static String typed(String message) {
    boolean plain = !continues(message) && input(message).equals(new Input.Message(message));
    return plain ? message : QUOTES + "\n" + message + "\n" + QUOTES;
  }
}
