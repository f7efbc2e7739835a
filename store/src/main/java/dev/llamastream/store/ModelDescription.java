package dev.llamastream.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.llamastream.gguf.FileTypes;
import dev.llamastream.gguf.GgmlType;
import dev.llamastream.gguf.GgufArray;
import dev.llamastream.gguf.GgufFile;
import dev.llamastream.gguf.GgufTensor;
import dev.llamastream.gguf.GgufValue;
import dev.llamastream.gguf.GgufValue.IntegerValue;
import dev.llamastream.gguf.GgufValue.StringValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a model's files say about it. Immutable. What a file does not say is empty or 0.
 *
 * @since 0.1.0
 */
public final class ModelDescription {

  private static final String LICENSE_LAYER = "application/vnd.ollama.image.license";

  private final List<GgufFile> files;
  private final String license;

  ModelDescription(List<GgufFile> files, Map<String, Path> layers) {
    this.files = List.copyOf(files);
    this.license = license(layers);
  }

  private String license(Map<String, Path> layers) {
    Path layer = layers.get(LICENSE_LAYER);
    if (layer != null && Files.isReadable(layer)) {
      try {
        return Files.readString(layer, UTF_8).strip();
      } catch (IOException e) {
        // then the GGUF file says it
      }
    }
    String name = text("general.license.name");
    return name.isEmpty() ? text("general.license") : name;
  }

  /** The name that its maker gave it. */
  public String name() {
    return text("general.name");
  }

  /** llama.cpp's name of its architecture, such as {@code llama}. */
  public String architecture() {
    return text("general.architecture");
  }

  /** How most of its weights are stored, such as {@code Q4_K_M}. */
  public String quantization() {
    String type = FileTypes.name(integer("general.file_type", -1));
    return type.isEmpty() ? commonestType() : type;
  }

  private String commonestType() {
    return files.stream()
        .flatMap(file -> file.tensors().stream())
        .collect(
            Collectors.groupingBy(GgufTensor::type, Collectors.summingLong(GgufTensor::elements)))
        .entrySet()
        .stream()
        .max(Map.Entry.<GgmlType, Long>comparingByValue())
        .map(entry -> entry.getKey().toString())
        .orElse("");
  }

  /** The number of its weights. */
  public long parameters() {
    return files.stream().mapToLong(GgufFile::parameterCount).sum();
  }

  /** The context that it was trained with, in tokens. */
  public int contextSize() {
    return Math.clamp(integer(architecture() + ".context_length", 0), 0, Integer.MAX_VALUE);
  }

  /** The number of tokens in its vocabulary. */
  public int vocabularySize() {
    return files.getFirst().metadata().get("tokenizer.ggml.tokens") instanceof GgufArray tokens
        ? tokens.size()
        : 0;
  }

  /** Its chat template, in Jinja. */
  public String chatTemplate() {
    return text("tokenizer.chat_template");
  }

  /** Its license: a name or the whole text. */
  public String license() {
    return license;
  }

  /**
   * The memory that it needs with this context.
   *
   * @param contextSize in tokens; 0 for the context that it was trained with
   */
  public MemoryNeed memory(int contextSize) {
    return MemoryNeed.of(files, contextSize == 0 ? contextSize() : contextSize);
  }

  /** Its files' contents but the weights, in order. */
  public List<GgufFile> files() {
    return files;
  }

  private String text(String key) {
    return value(key) instanceof StringValue(String text) ? text : "";
  }

  private long integer(String key, long otherwise) {
    return value(key) instanceof IntegerValue(_, long number) ? number : otherwise;
  }

  private @Nullable GgufValue value(String key) {
    return files.getFirst().metadata().get(key);
  }
}
