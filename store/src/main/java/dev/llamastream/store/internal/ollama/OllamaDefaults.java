package dev.llamastream.store.internal.ollama;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.llamastream.InvalidValueException;
import dev.llamastream.chat.ChatMessage;
import dev.llamastream.store.GenerationDefaults;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reads what the layers of a model of Ollama say about generating. */
public final class OllamaDefaults {

  /** A layer of more bytes is ignored. */
  static final int MAX_BYTES = 1 << 20;

  private static final String MEDIA_TYPE = "application/vnd.ollama.image.";
  private static final JsonMapper JSON = new JsonMapper();

  private final Map<String, Path> layers;
  private final GenerationDefaults.Builder defaults = GenerationDefaults.builder();

  private OllamaDefaults(Map<String, Path> layers) {
    this.layers = layers;
  }

  /**
   * The defaults that the layers give. Whatever makes no sense is logged as a warning and left out:
   * the model can be used without it.
   *
   * @param layersByMediaType the files, by media types such as {@code
   *     application/vnd.ollama.image.params}. Layers of other kinds are passed over
   */
  public static GenerationDefaults read(Map<String, Path> layersByMediaType) {
    return new OllamaDefaults(layersByMediaType).read();
  }

  private GenerationDefaults read() {
    json("params", ParamsLayer::read);
    text("system", (text, log) -> defaults.systemMessage(text.isBlank() ? "" : text));
    json("messages", OllamaDefaults::examples);
    // models of 2023 call it so
    text("prompt", this::template);
    text("template", this::template);
    return defaults.build();
  }

  private void template(String text, LayerLog log) {
    if (text.isBlank()) {
      return;
    }
    defaults.chatTemplate(
        GoTemplate.translate(
            text, construct -> log.ignored("it has no translation to Jinja: " + construct)));
  }

  private interface TextReader {
    void read(String text, LayerLog log);
  }

  private interface JsonReader {
    void read(JsonNode json, GenerationDefaults.Builder defaults, LayerLog log);
  }

  private void json(String name, JsonReader reader) {
    text(
        name,
        (text, log) -> {
          try {
            reader.read(JSON.readTree(text), defaults, log);
          } catch (JacksonException e) {
            log.ignored("it is no JSON: " + e.getOriginalMessage());
          }
        });
  }

  private void text(String name, TextReader reader) {
    Path file = layers.get(MEDIA_TYPE + name);
    if (file == null) {
      return;
    }
    LayerLog log = new LayerLog(name, file);
    try {
      reader.read(decode(file), log);
    } catch (CharacterCodingException e) {
      log.ignored("it is not in UTF-8");
    } catch (IOException e) {
      log.ignored("it cannot be read: " + e);
    } catch (InvalidValueException e) {
      log.ignored(e.field() + ": " + e.reason());
    }
  }

  private static String decode(Path file) throws IOException {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MAX_BYTES + 1);
    }
    if (bytes.length > MAX_BYTES) {
      throw new IOException(String.format(Locale.ROOT, "it has more than %,d bytes", MAX_BYTES));
    }
    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
  }

  private static void examples(JsonNode list, GenerationDefaults.Builder defaults, LayerLog log) {
    if (!list.isArray()) {
      log.ignored("it is no JSON array");
      return;
    }
    List<ChatMessage> messages = new ArrayList<>();
    for (JsonNode message : list) {
      Optional<ChatMessage.Role> role = role(message.path("role").asText());
      JsonNode content = message.path("content");
      if (role.isEmpty() || !content.isTextual()) {
        log.ignored("message " + messages.size() + " is none of the system, user or assistant");
        return;
      }
      messages.add(ChatMessage.builder(role.get()).text(content.textValue()).build());
    }
    defaults.examples(messages);
  }

  private static Optional<ChatMessage.Role> role(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "system" -> Optional.of(ChatMessage.Role.SYSTEM);
      case "user" -> Optional.of(ChatMessage.Role.USER);
      case "assistant" -> Optional.of(ChatMessage.Role.ASSISTANT);
      default -> Optional.empty();
    };
  }
}
