package dev.llamastream.server.internal.models;

import static java.util.Objects.requireNonNull;

import dev.llamastream.InvalidValueException;
import dev.llamastream.ModelParams;
import dev.llamastream.engine.EngineParams;
import dev.llamastream.server.internal.json.Defaults;
import java.nio.file.Path;
import java.util.List;

/**
 * A model to offer, and how to load it.
 *
 * @param memory the bytes that it takes when it is loaded; 0 for the size of its files
 * @param embeddingMemory the bytes that it takes in addition once it has a context for embeddings
 */
public record ModelSpec(
    String name,
    List<String> aliases,
    Path file,
    ModelParams model,
    EngineParams engine,
    Defaults defaults,
    long memory,
    long embeddingMemory) {

  private static final int MAX_NAME = 200;

  /** Checks names and memory. */
  public ModelSpec {
    checkName("name", name);
    aliases = List.copyOf(aliases);
    aliases.forEach(alias -> checkName("alias", alias));
    requireNonNull(file, "file");
    requireNonNull(model, "model");
    requireNonNull(engine, "engine");
    requireNonNull(defaults, "defaults");
    checkBytes("memory", memory);
    checkBytes("embeddingMemory", embeddingMemory);
  }

  private static void checkBytes(String field, long bytes) {
    if (bytes < 0) {
      throw InvalidValueException.outOfRange(field, "", bytes, "[0, 2^63 - 1]");
    }
  }

  private static void checkName(String field, String name) {
    if (requireNonNull(name, field).isBlank()
        || name.length() > MAX_NAME
        || name.chars().anyMatch(Character::isISOControl)) {
      throw new InvalidValueException(
          field, "must have 1 to " + MAX_NAME + " characters without control characters");
    }
  }
}
