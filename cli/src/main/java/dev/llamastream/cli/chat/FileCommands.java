package dev.llamastream.cli.chat;

import dev.llamastream.chat.ChatMessage;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** The commands that save and load a conversation. */
final class FileCommands {

  private final ChatSession session;
  private final ChatTerminal terminal;

  FileCommands(ChatSession session, ChatTerminal terminal) {
    this.session = session;
    this.terminal = terminal;
  }

  List<ReplCommand> all() {
    return List.of(
        new ReplCommand("save", "<file>", "writes the conversation to a file", this::save),
        new ReplCommand("load", "<file>", "continues a conversation from a file", this::load));
  }

  private Next save(String name) throws IOException {
    Path file = file("/save", name);
    SavedChat.write(file, session.messages());
    terminal.note(remark(session.messages().size(), "saved to " + file));
    return new Next.Read();
  }

  private Next load(String name) throws IOException {
    List<ChatMessage> messages = SavedChat.read(file("/load", name));
    session.messages(messages);
    terminal.note(remark(messages.size(), "loaded"));
    return new Next.Read();
  }

  private static String remark(int count, String what) {
    return String.format(
        Locale.ROOT, "[%d %s %s]", count, count == 1 ? "message" : "messages", what);
  }

  private static Path file(String command, String name) {
    if (name.isEmpty()) {
      throw new IllegalArgumentException(command + " needs the name of a file");
    }
    try {
      // what a shell would do
      return name.startsWith("~/")
          ? Path.of(System.getProperty("user.home"), name.substring(2))
          : Path.of(name);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException(command + ": " + e.getMessage(), e);
    }
  }
}
