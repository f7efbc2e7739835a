package dev.llamastream.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.llamastream.InvalidValueException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The store's parameters as environment variables give them. Those of Hugging Face as <a
 * href="https://huggingface.co/docs/huggingface_hub/package_reference/environment_variables">its
 * client</a> reads them.
 */
final class StoreEnvironment {

  private static final Set<String> TRUE = Set.of("1", "on", "yes", "true");

  private final Map<String, String> environment;
  private final Path home;

  StoreEnvironment(Map<String, String> environment, Path home) {
    this.environment = environment;
    this.home = home;
  }

  StoreParams params() {
    Path huggingFaceHome =
        path("HF_HOME", path("XDG_CACHE_HOME", home.resolve(".cache")).resolve("huggingface"));
    return StoreParams.of(
        new StoreValues(
            path("XDG_DATA_HOME", home.resolve(".local/share")).resolve("llamastream"),
            path("HF_HUB_CACHE", huggingFaceHome.resolve("hub")),
            path("OLLAMA_MODELS", home.resolve(".ollama/models")),
            path("XDG_CONFIG_HOME", home.resolve(".config")).resolve("llamastream/aliases.toml"),
            server("HF_ENDPOINT", "https://huggingface.co"),
            token(huggingFaceHome),
            URI.create("https://registry.ollama.ai"),
            TRUE.contains(value("HF_HUB_OFFLINE", "").toLowerCase(Locale.ROOT)),
            Preference.BALANCED,
            false,
            4));
  }

  /** An empty variable counts as not set. */
  private String value(String variable, String otherwise) {
    String value = environment.getOrDefault(variable, "").strip();
    return value.isEmpty() ? otherwise : value;
  }

  private Path path(String variable, Path otherwise) {
    String value = value(variable, "");
    if (value.isEmpty()) {
      return otherwise;
    }
    try {
      return value.equals("~") || value.startsWith("~/")
          ? home.resolve(value.substring(Math.min(2, value.length())))
          : Path.of(value).toAbsolutePath();
    } catch (InvalidPathException e) {
      throw new InvalidValueException(variable, e);
    }
  }

  private URI server(String variable, String otherwise) {
    try {
      return URI.create(value(variable, otherwise).replaceFirst("/+$", ""));
    } catch (IllegalArgumentException e) {
      throw new InvalidValueException(variable, e);
    }
  }

  private String token(Path huggingFaceHome) {
    String token = value("HF_TOKEN", value("HUGGING_FACE_HUB_TOKEN", ""));
    Path file = path("HF_TOKEN_PATH", huggingFaceHome.resolve("token"));
    if (!token.isEmpty() || !Files.isReadable(file)) {
      return token;
    }
    try {
      return Files.readString(file, UTF_8).strip();
    } catch (IOException e) {
      throw new InvalidValueException(file.toString(), e);
    }
  }
}
