package dev.llamastream.cli.chat;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamastream.chat.ChatMessage;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A conversation in a file, as a JSON object with messages in OpenAI's form. */
final class SavedChat {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private SavedChat() {}

  /**
   * Writes a conversation. Replaces a file that has one, but no other file.
   *
   * @throws IOException if it cannot be written
   */
  static void write(Path file, List<ChatMessage> messages) throws IOException {
    if (Files.exists(file) && !isChat(file)) {
      throw new IOException(file + ": has something other than a conversation, so it stays");
    }
    ObjectNode chat = JSON.createObjectNode();
    ArrayNode array = chat.putArray("messages");
    messages.forEach(message -> MessageJson.write(message, array.addObject()));
    String text = JSON.writerWithDefaultPrettyPrinter().writeValueAsString(chat);
    try {
      Files.writeString(file, text + "\n", UTF_8);
    } catch (IOException e) {
      throw problem(file, e);
    }
  }

  private static boolean isChat(Path file) {
    try {
      read(file);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Reads a conversation: an object with messages, or the messages alone.
   *
   * @throws IOException if it cannot be read, or is something else
   */
  static List<ChatMessage> read(Path file) throws IOException {
    JsonNode root = tree(file);
    JsonNode messages = root.isObject() ? root.path("messages") : root;
    if (!messages.isArray()) {
      throw new IOException(file + ": no conversation: it has no array of messages");
    }
    List<ChatMessage> result = new ArrayList<>();
    for (JsonNode message : messages) {
      try {
        result.add(MessageJson.read(message));
      } catch (IllegalArgumentException e) {
        throw new IOException(file + ": message " + result.size() + ": " + e.getMessage(), e);
      }
    }
    return result;
  }

  private static JsonNode tree(Path file) throws IOException {
    try {
      return JSON.readTree(Files.readAllBytes(file));
    } catch (JacksonException e) {
      throw new IOException(file + ": no JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw problem(file, e);
    }
  }

  /** The messages of these exceptions are the file's name alone. */
  private static IOException problem(Path file, IOException e) {
    String reason =
        switch (e) {
          case NoSuchFileException _ -> "no such file or folder";
          case AccessDeniedException _ -> "access denied";
          default -> String.valueOf(e.getMessage());
        };
    return new IOException(file + ": " + reason, e);
  }
}
