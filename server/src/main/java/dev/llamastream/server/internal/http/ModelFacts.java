package dev.llamastream.server.internal.http;

import dev.llamastream.Model;
import dev.llamastream.ModelInfo;
import dev.llamastream.gguf.FileTypes;
import java.time.Instant;
import java.util.Map;

/**
 * What a model's file says, in addition to its {@link ModelInfo}.
 *
 * @param quantization how most of its weights are stored, such as {@code Q4_K_M}; empty if unknown
 * @param sizeInBytes of its files, or of its tensors where the files are unknown
 * @param modified when its file was last changed, or when it was loaded
 * @param tools whether its chat template knows tools
 * @param thinks whether its chat template knows thinking
 * @param embeds whether it was made for embeddings
 * @param reranks whether it was made to rank texts by a query
 * @param metadata the values of its metadata that are no lists, as text
 * @param tokens its special tokens
 */
public record ModelFacts(
    String quantization,
    long sizeInBytes,
    Instant modified,
    boolean tools,
    boolean thinks,
    boolean embeds,
    boolean reranks,
    Map<String, String> metadata,
    SpecialTokens tokens) {

  private static final String FILE_TYPE = "general.file_type";
  private static final String POOLING = ".pooling_type";

  /** {@code LLAMA_POOLING_TYPE_RANK} of llama.h; 1 to 3 are ways to pool embeddings. */
  private static final String RANK = "4";

  private static final String NONE = "0";

  /** Copies the metadata. */
  public ModelFacts {
    metadata = Map.copyOf(metadata);
  }

  /** The facts of a model that is loaded. */
  static ModelFacts of(Model model, Instant modified) {
    return of(
        model.info(),
        model.metadata(),
        SpecialTokens.of(model),
        model.info().sizeInBytes(),
        modified);
  }

  /**
   * The facts that follow from the metadata.
   *
   * @param metadata the values that are no lists, as text
   */
  public static ModelFacts of(
      ModelInfo info,
      Map<String, String> metadata,
      SpecialTokens tokens,
      long sizeInBytes,
      Instant modified) {
    String template = info.chatTemplate();
    String pooling = metadata.getOrDefault(info.architecture() + POOLING, NONE);
    return new ModelFacts(
        fileType(metadata.getOrDefault(FILE_TYPE, "")),
        sizeInBytes,
        modified,
        template.contains("tools"),
        template.contains("enable_thinking") || template.contains("<think>"),
        !pooling.equals(NONE) && !pooling.equals(RANK),
        pooling.equals(RANK),
        metadata,
        tokens);
  }

  private static String fileType(String number) {
    return number.matches("\\d{1,9}") ? FileTypes.name(Long.parseLong(number)) : "";
  }
}
