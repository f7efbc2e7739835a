package dev.llamastream.internal.ffm;

import dev.llamastream.internal.bindings.LibLlama;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Set;

/** The uses of a model. */
enum ModelKind {
  /** Decoder only: it predicts the next token. */
  GENERATOR(true, true, "this model generates text"),

  /** Sees a whole text at once: BERT and similar models. */
  ENCODER(false, true, "this model is an encoder: it embeds or ranks texts, and generates none"),

  /** T5, and draft models that read another model's state. */
  ENCODER_DECODER(
      false,
      false,
      "this model has an encoder beside its decoder, or is one half of such a pair: that is not"
          + " supported"),

  /** Writes a whole text at once, in several passes. */
  DIFFUSION(
      false,
      false,
      "this is a diffusion model, which does not generate token by token: that is not supported"),

  /** Loaded for its tokenizer. */
  VOCABULARY(
      false,
      false,
      "this model was loaded with vocabOnly: it has a tokenizer and metadata, but no weights");

  /**
   * Architectures, apart from diffusion models, to which libllama gives no KV cache
   * (llama_model::create_memory in llama-model.cpp).
   */
  private static final Set<String> WITHOUT_CACHE =
      Set.of(
          "bert",
          "jina-bert-v2",
          "jina-bert-v3",
          "nomic-bert",
          "nomic-bert-moe",
          "neo-bert",
          "eurobert",
          "modern-bert",
          "gemma-embedding",
          "wavtokenizer-dec");

  private final boolean generates;
  private final boolean embeds;
  private final String description;

  ModelKind(boolean generates, boolean embeds, String description) {
    this.generates = generates;
    this.embeds = embeds;
    this.description = description;
  }

  static ModelKind of(MemorySegment model, boolean vocabOnly, Map<String, String> metadata) {
    if (vocabOnly) {
      return VOCABULARY;
    }
    if (LibLlama.llama_model_is_diffusion(model)) {
      return DIFFUSION;
    }
    if (LibLlama.llama_model_has_encoder(model) || !LibLlama.llama_model_has_decoder(model)) {
      return ENCODER_DECODER;
    }
    String architecture = metadata.getOrDefault("general.architecture", "");
    // a decoder that was trained to look ahead does not predict the next token either
    boolean looksAhead =
        metadata.getOrDefault(architecture + ".attention.causal", "").equals("false");
    return looksAhead || WITHOUT_CACHE.contains(architecture) ? ENCODER : GENERATOR;
  }

  boolean generates() {
    return generates;
  }

  boolean embeds() {
    return embeds;
  }

  /** For messages: "this model is ...". */
  String description() {
    return description;
  }
}
