package dev.llamastream.server.internal.models;

import dev.llamastream.ModelInfo;
import dev.llamastream.ModelLoadException;
import dev.llamastream.gguf.FileTypes;
import dev.llamastream.gguf.GgufArray;
import dev.llamastream.gguf.GgufFile;
import dev.llamastream.gguf.GgufTensor;
import dev.llamastream.server.internal.http.ModelFacts;
import dev.llamastream.server.internal.http.SpecialTokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a model's file says about it before it is loaded.
 *
 * @param info without what only libllama knows
 */
record ModelHeader(ModelInfo info, ModelFacts facts) {

  /**
   * Reads the headers of all files of a model.
   *
   * @throws ModelLoadException if they are missing or damaged
   */
  static ModelHeader read(Path file) {
    List<GgufFile> files = GgufFile.readAll(file);
    Map<String, String> texts = texts(files.getFirst());
    ModelInfo info = info(files, texts);
    long size = files.stream().mapToLong(GgufFile::fileSize).sum();
    SpecialTokens tokens = HeaderTokens.of(files.getFirst(), texts);
    return new ModelHeader(info, ModelFacts.of(info, texts, tokens, size, modified(file)));
  }

  private static Instant modified(Path file) {
    try {
      return Files.getLastModifiedTime(file).toInstant();
    } catch (IOException e) {
      throw new ModelLoadException(file + ": cannot be read: " + e, e);
    }
  }

  /** The values that are no arrays. */
  private static Map<String, String> texts(GgufFile file) {
    Map<String, String> texts = new HashMap<>();
    file.metadata()
        .forEach(
            (key, value) -> {
              if (!(value instanceof GgufArray)) {
                texts.put(key, value.toString());
              }
            });
    return texts;
  }

  private static ModelInfo info(List<GgufFile> files, Map<String, String> texts) {
    String architecture = texts.getOrDefault("general.architecture", "");
    long parameters = files.stream().mapToLong(GgufFile::parameterCount).sum();
    int heads = number(texts, architecture + ".attention.head_count");
    int kvHeads = number(texts, architecture + ".attention.head_count_kv");
    return ModelInfo.builder()
        .description(description(architecture, parameters, texts))
        .architecture(architecture)
        .name(texts.getOrDefault("general.name", ""))
        .parameters(parameters)
        .sizeInBytes(
            files.stream()
                .flatMap(file -> file.tensors().stream())
                .mapToLong(GgufTensor::sizeInBytes)
                .sum())
        .vocabularySize(vocabulary(files.getFirst()))
        .trainedContextSize(number(texts, architecture + ".context_length"))
        .embeddingSize(number(texts, architecture + ".embedding_length"))
        .layers(number(texts, architecture + ".block_count"))
        .heads(heads)
        .kvHeads(kvHeads == 0 ? heads : kvHeads)
        .canGenerate(canGenerate(architecture, texts))
        .chatTemplate(texts.getOrDefault("tokenizer.chat_template", ""))
        .build();
  }

  private static String description(
      String architecture, long parameters, Map<String, String> texts) {
    String type = FileTypes.name(number(texts, "general.file_type"));
    return String.join(" ", architecture, rounded(parameters), type).strip();
  }

  private static String rounded(long parameters) {
    return parameters >= 1_000_000_000
        ? String.format(Locale.ROOT, "%.2fB", parameters / 1e9)
        : String.format(Locale.ROOT, "%.2fM", parameters / 1e6);
  }

  /** An encoder's attention is not causal, or it says how to pool embeddings. */
  private static boolean canGenerate(String architecture, Map<String, String> texts) {
    return !architecture.startsWith("t5")
        && !texts.getOrDefault(architecture + ".attention.causal", "true").equals("false")
        && number(texts, architecture + ".pooling_type") == 0;
  }

  private static int number(Map<String, String> texts, String key) {
    String text = texts.getOrDefault(key, "");
    return text.matches("\\d{1,9}") ? Integer.parseInt(text) : 0;
  }

  private static int vocabulary(GgufFile file) {
    return file.metadata().get("tokenizer.ggml.tokens") instanceof GgufArray tokens
        ? tokens.size()
        : 0;
  }
}
