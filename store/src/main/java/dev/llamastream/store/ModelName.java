package dev.llamastream.store;

import java.net.URI;
import java.nio.file.Path;

/**
 * A model's name, parsed. {@link #toString()} gives its canonical form, which parses to an equal
 * name.
 *
 * @since 0.1.0
 */
public sealed interface ModelName {

  /** A file on this machine. */
  record LocalFile(Path path) implements ModelName {}

  /**
   * A model in a repository of Hugging Face: {@code hf:owner/repository[:file][@revision]}.
   *
   * @param owner a user or an organization
   * @param repository the name without its owner
   * @param file a quantization such as {@code Q8_0}, or the path of a file in the repository; empty
   *     for the one that the {@link Preference} chooses
   * @param revision a branch, tag or commit
   */
  record HuggingFace(String owner, String repository, String file, String revision)
      implements ModelName {}

  /**
   * A model in a registry of Ollama's: {@code ollama:[host/][namespace/]model[:tag]}.
   *
   * @param host empty for the store's registry
   * @param namespace {@code library} if the name has none
   * @param tag {@code latest} if the name has none
   */
  record Ollama(String host, String namespace, String model, String tag) implements ModelName {}

  /** A file on a web server. */
  record Url(URI uri) implements ModelName {}

  /**
   * A name for the alias table: {@code llama3.2:1b}.
   *
   * @param tag empty if the name has none
   */
  record Alias(String name, String tag) implements ModelName {}

  /**
   * Parses a name.
   *
   * @throws dev.llamastream.InvalidValueException if it has no valid form; the message says what is
   *     wrong with it
   */
  static ModelName parse(String name) {
    throw new UnsupportedOperationException(name); // SKELETON
  }
}
