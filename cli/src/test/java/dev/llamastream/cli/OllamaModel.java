package dev.llamastream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/** A model in the folder of Ollama that the tests have: {@code ollama:tiny:1b}. */
final class OllamaModel implements AutoCloseable {

  static final String NAME = "ollama:tiny:1b";

  private static final Path ROOT = Path.of(System.getenv("OLLAMA_MODELS"));
  private static final Path MANIFEST = ROOT.resolve("manifests/registry.ollama.ai/library/tiny/1b");

  private final List<Path> blobs = new ArrayList<>();
  private final List<String> layers = new ArrayList<>();

  private OllamaModel() {}

  /** As if Ollama had downloaded it: a GGUF file, and its layers {@code template} and so on. */
  static OllamaModel of(Path gguf, String template, String system, String params)
      throws IOException {
    OllamaModel model = new OllamaModel();
    model.layer("model", Files.readAllBytes(gguf));
    model.layer("template", template.getBytes(UTF_8));
    model.layer("system", system.getBytes(UTF_8));
    model.layer("params", params.getBytes(UTF_8));
    Files.createDirectories(MANIFEST.getParent());
    Files.writeString(
        MANIFEST, "{\"schemaVersion\":2,\"layers\":[" + String.join(",", model.layers) + "]}");
    return model;
  }

  private void layer(String kind, byte[] content) throws IOException {
    String digest = sha256(content);
    Path blob = ROOT.resolve("blobs/sha256-" + digest);
    Files.createDirectories(blob.getParent());
    blobs.add(Files.write(blob, content));
    layers.add(
        String.format(
            Locale.ROOT,
            "{\"mediaType\":\"application/vnd.ollama.image.%s\",\"digest\":\"sha256:%s\",\"size\":%d}",
            kind,
            digest,
            content.length));
  }

  private static String sha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }

  /** Removes it. Other tests expect no models. */
  @Override
  public void close() throws IOException {
    Files.delete(MANIFEST);
    for (Path blob : blobs) {
      Files.delete(blob);
    }
  }
}
