package dev.llamastream.store.internal.alias;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.toml.TomlMapper;
import dev.llamastream.InvalidValueException;
import dev.llamastream.store.ModelName;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads a table of aliases. */
final class AliasFile {

  private static final long LARGEST = 1 << 20;
  private static final TomlMapper TOML = new TomlMapper();

  private final String file;
  private final String text;
  private final @Nullable Path folder;

  /**
   * Creates a reader.
   *
   * @param file its name in messages
   * @param folder the folder that relative paths start from; null for the working directory
   */
  AliasFile(String file, String text, @Nullable Path folder) {
    this.file = file;
    // editors on Windows put a byte order mark there
    this.text = text.startsWith("\uFEFF") ? text.substring(1) : text;
    this.folder = folder;
  }

  /** An absent file is an empty table. */
  static AliasFile of(Path path) {
    try {
      if (Files.exists(path) && !Files.isRegularFile(path)) {
        throw new InvalidValueException(path.toString(), "is a folder or a device, not a file");
      }
      if (Files.exists(path) && Files.size(path) > LARGEST) {
        throw new InvalidValueException(
            path.toString(), "has " + Files.size(path) + " bytes, at most " + LARGEST);
      }
      return new AliasFile(path.toString(), Files.readString(path), path.getParent());
    } catch (NoSuchFileException e) {
      return new AliasFile(path.toString(), "", path.getParent());
    } catch (CharacterCodingException e) {
      throw new InvalidValueException(path.toString(), "is not UTF-8 text");
    } catch (IOException e) {
      throw new InvalidValueException(path.toString(), "cannot be read: " + e);
    }
  }

  List<AliasLine> read() {
    Map<String, AliasLine> lines = new HashMap<>();
    for (Map.Entry<String, JsonNode> entry : parsed().properties()) {
      AliasLine line = line(entry.getKey(), entry.getValue());
      AliasLine other = lines.put(line.name().toString(), line);
      if (other != null) {
        throw line.wrong("is the same name as \"" + other.key() + "\"");
      }
    }
    return List.copyOf(lines.values());
  }

  private JsonNode parsed() {
    try {
      return TOML.readTree(text);
    } catch (JsonProcessingException e) {
      throw syntaxError(e);
    }
  }

  private InvalidValueException syntaxError(JsonProcessingException e) {
    JsonLocation at = e.getLocation();
    // some are noticed at the beginning of the next line
    int number = at == null ? 1 : at.getLineNr() - (at.getColumnNr() <= 1 ? 1 : 0);
    String line = text.lines().skip(Math.max(0, number - 1)).findFirst().orElse("").strip();
    return new InvalidValueException(
        file + ":" + Math.max(1, number),
        e.getOriginalMessage()
            + " in: "
            + line.substring(0, Math.min(100, line.length())).replaceAll("\\p{Cntrl}", "?")
            + "; an entry looks like \"name:tag\" = \"hf:owner/repository\", with the quotes");
  }

  private AliasLine line(String key, JsonNode value) {
    Fields fields = new Fields(this, key, value);
    return new AliasLine(
        this,
        key,
        name(fields, key),
        target(fields, value.isTextual() ? value.textValue() : fields.text("model")),
        fields.text("about"),
        fields.size(),
        fields.sha256(),
        fields.mirrors());
  }

  private static ModelName.Alias name(Fields fields, String key) {
    try {
      if (ModelName.parse(key) instanceof ModelName.Alias alias) {
        return alias;
      }
    } catch (InvalidValueException e) {
      throw fields.wrong(e.reason());
    }
    throw fields.wrong("is no name for an alias; a right one looks like llama3.2:1b");
  }

  private ModelName target(Fields fields, String model) {
    if (model.isEmpty()) {
      throw fields.wrong("model is missing");
    }
    try {
      ModelName name = ModelName.parse(model);
      return folder != null && name instanceof ModelName.LocalFile(Path path)
          ? new ModelName.LocalFile(folder.resolve(path))
          : name;
    } catch (InvalidValueException e) {
      throw fields.wrong("model: " + e.reason());
    }
  }

  InvalidValueException wrong(String key, String what) {
    return new InvalidValueException(place(key), "\"" + key + "\": " + what);
  }

  /** The parser keeps no lines of entries: finds where the key stands before {@code =} or ]. */
  private String place(String key) {
    Matcher matcher =
        Pattern.compile("(?m)^[ \t]*\\[?[ \t]*([\"']?)" + Pattern.quote(key) + "\\1[ \t]*[=.\\]]")
            .matcher(text);
    if (!matcher.find()) {
      return file;
    }
    return file + ":" + (text.substring(0, matcher.start()).lines().count() + 1);
  }
}
