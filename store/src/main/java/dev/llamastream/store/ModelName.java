package dev.llamastream.store;

import static java.util.Objects.requireNonNull;

import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;

/**
 * A model's name, parsed. {@link #toString()} gives its canonical form, which parses to an equal
 * name.
 *
 * <table>
 * <caption>Forms, the first that fits</caption>
 * <tr><th>form</th><th>is</th></tr>
 * <tr><td>{@code hf:owner/repository[:file][@revision]}, the same after {@code hf.co/}, the address
 *     of a repository or of a file in it</td><td>{@link HuggingFace}</td></tr>
 * <tr><td>{@code ollama:[host/][namespace/]model[:tag]}</td><td>{@link Ollama}</td></tr>
 * <tr><td>{@code https://host/folder/file.gguf}</td><td>{@link Url}</td></tr>
 * <tr><td>has {@code /} or {@code \}, begins with {@code .} or {@code ~}, or ends in {@code
 *     .gguf}</td><td>{@link LocalFile}</td></tr>
 * <tr><td>{@code name[:tag]}</td><td>{@link Alias}</td></tr>
 * </table>
 *
 * <p>The constructors check their arguments as {@link #parse} does, and throw the same exception.
 *
 * @since 0.1.0
 */
public sealed interface ModelName {

  /**
   * A file on this machine.
   *
   * @param path absolute, or relative to the working directory; without {@code .} at its beginning
   */
  record LocalFile(Path path) implements ModelName {
    public LocalFile {
      path = LocalNames.checked(path);
    }

    @Override
    public String toString() {
      return LocalNames.text(path);
    }
  }

  /**
   * A model in a repository of Hugging Face: {@code hf:owner/repository[:file][@revision]}.
   *
   * @param owner a user or an organization
   * @param repository the name without its owner
   * @param file a quantization such as {@code Q8_0}, in upper case, or the path of a file in the
   *     repository, which ends in {@code .gguf}; empty for the one that the {@link Preference}
   *     chooses
   * @param revision a branch, tag or commit; an empty one becomes {@code main}
   */
  record HuggingFace(String owner, String repository, String file, String revision)
      implements ModelName {

    static final String MAIN = "main";

    public HuggingFace {
      HuggingFaceRules.checkRepository(owner, repository);
      file = HuggingFaceRules.checkedFile(file);
      revision = revision.isEmpty() ? MAIN : revision;
      HuggingFaceRules.checkRevision(revision);
    }

    @Override
    public String toString() {
      String text = "hf:" + owner + "/" + repository;
      if (!file.isEmpty()) {
        text += ":" + file;
      }
      // the last @ is the revision's
      return revision.equals(MAIN) && !file.contains("@") ? text : text + "@" + revision;
    }
  }

  /**
   * A model in a registry of Ollama's: {@code ollama:[host/][namespace/]model[:tag]}.
   *
   * @param host a server, with its port if it has one; empty for the store's registry
   * @param namespace a user or an organization; an empty one becomes {@code library}
   * @param model the name without its namespace
   * @param tag a size or a quantization; an empty one becomes {@code latest}
   */
  record Ollama(String host, String namespace, String model, String tag) implements ModelName {

    static final String LIBRARY = "library";

    public Ollama {
      namespace = namespace.isEmpty() ? LIBRARY : namespace;
      tag = tag.isEmpty() ? "latest" : tag;
      OllamaRules.check(host, namespace, model, tag);
    }

    @Override
    public String toString() {
      String registry = host.isEmpty() ? "" : host + "/";
      String space = host.isEmpty() && namespace.equals(LIBRARY) ? "" : namespace + "/";
      return "ollama:" + registry + space + model + ":" + tag;
    }
  }

  /**
   * A file on a web server.
   *
   * @param uri an address whose path ends in {@code .gguf}; {@code https}, or {@code http} for this
   *     machine
   */
  record Url(URI uri) implements ModelName {
    public Url {
      UrlRules.check(requireNonNull(uri, "uri"));
    }

    @Override
    public String toString() {
      return uri.toString();
    }
  }

  /**
   * A name for the alias table: {@code llama3.2:1b}. Case makes no difference: both parts become
   * lower case.
   *
   * @param name for instance {@code llama3.2}
   * @param tag for instance {@code 1b}; empty if the name has none
   */
  record Alias(String name, String tag) implements ModelName {
    public Alias {
      AliasRules.check(name, tag);
      name = name.toLowerCase(Locale.ROOT);
      tag = tag.toLowerCase(Locale.ROOT);
    }

    @Override
    public String toString() {
      return tag.isEmpty() ? name : name + ":" + tag;
    }
  }

  /** The canonical form. */
  @Override
  String toString();

  /**
   * Parses a name. A {@code ~/} at the beginning of a path is the user's home directory.
   *
   * @throws dev.llamastream.InvalidValueException if it has no valid form; the message says what is
   *     wrong with it
   */
  static ModelName parse(String name) {
    return new NameParser(requireNonNull(name, "name")).parse();
  }
}
