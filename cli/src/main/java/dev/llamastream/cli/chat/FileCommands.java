package dev.llamastream.cli.chat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.llamastream.InvalidValueException;
import dev.llamastream.chat.Conversation;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** The commands that save and load a conversation, as JSON in OpenAI's form. */
final class FileCommands {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Chat chat;
  private final ChatTerminal terminal;

  FileCommands(Chat chat, ChatTerminal terminal) {
    this.chat = chat;
    this.terminal = terminal;
  }

  List<ReplCommand> all() {
    return List.of(
        new ReplCommand("save", "<file>", "writes the conversation to a file", this::save),
        new ReplCommand("load", "<file>", "continues a conversation from a file", this::load));
  }

  /** Replaces a file that has a conversation, but no other file. */
  private Next save(String name) throws IOException {
    Path file = file("/save", name);
    if (Files.exists(file) && !isConversation(file)) {
      throw new IOException(file + ": has something other than a conversation, so it stays");
    }
    String json = JSON.readTree(chat.conversation().toJson()).toPrettyString();
    try {
      Files.writeString(file, json + "\n");
    } catch (IOException e) {
      throw problem(file, e);
    }
    return done("saved to " + file);
  }

  private boolean isConversation(Path file) {
    try {
      Conversation _ = read(file);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private Next load(String name) throws IOException {
    chat.conversation(read(file("/load", name)));
    return done("loaded");
  }

  private Conversation read(Path file) throws IOException {
    try {
      return chat.fromJson(Files.readString(file));
    } catch (InvalidValueException e) {
      throw new IOException(file + ": no conversation: " + e.reason(), e);
    } catch (IOException e) {
      throw problem(file, e);
    }
  }

  private Next done(String what) {
    int count = chat.conversation().history().size();
    terminal.note(
        String.format(Locale.ROOT, "[%d %s %s]", count, count == 1 ? "message" : "messages", what));
    return new Next.Read();
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

  /** The messages of these exceptions do not say what is wrong. */
  private static IOException problem(Path file, IOException e) {
    String reason =
        switch (e) {
          case NoSuchFileException _ -> "no such file or folder";
          case AccessDeniedException _ -> "access denied";
          case CharacterCodingException _ -> "not UTF-8";
          default -> String.valueOf(e.getMessage());
        };
    return new IOException(file + ": " + reason, e);
  }
}
