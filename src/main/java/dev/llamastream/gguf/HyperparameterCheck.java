package dev.llamastream.gguf;

import dev.llamastream.ModelLoadException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Checks what load_hparams and the graphs assume about hyperparameters. */
final class HyperparameterCheck {

  private static final String HEADS = "attention.head_count";
  private static final String WINDOW = "attention.sliding_window";

  /** LLAMA_MAX_LAYERS and LLAMA_MAX_EXPERTS of llama-hparams.h. */
  private static final int MAX_LAYERS = 512;

  private static final int MAX_EXPERTS = 1024;

  /** LLAMA_ROPE_SCALING_TYPES of llama-model.cpp, which asserts that the value is one of them. */
  private static final Set<String> ROPE_SCALING = Set.of("none", "linear", "yarn", "longrope");

  /** Each thread that computes a norm asserts that these are not below 0: ggml-cpu/ops.cpp. */
  private static final List<String> EPSILONS =
      List.of(
          "attention.layer_norm_epsilon",
          "attention.layer_norm_rms_epsilon",
          "attention.group_norm_epsilon");

  /** LLAMA_ROPE_TYPE_NONE in llama_model_rope_type: head sizes may be odd. */
  private static final Set<String> WITHOUT_ROPE =
      Set.of(
          "gpt2",
          "gptj",
          "mpt",
          "refact",
          "bloom",
          "mamba",
          "mamba2",
          "jamba",
          "jina-bert-v2",
          "t5",
          "t5encoder",
          "jais",
          "rwkv6",
          "rwkv6qwen2",
          "rwkv7",
          "arwkv7",
          "wavtokenizer-dec",
          "nemotron_h",
          "nemotron_h_moe",
          "kimi-linear",
          "kimi-k3");

  /**
   * LLAMA_ROPE_TYPE_MROPE and IMROPE there: ops.cpp asserts that sections exist and divides by
   * their sum.
   */
  private static final Set<String> WITH_SECTIONS =
      Set.of(
          "qwen2vl",
          "paddleocr",
          "qwen3vl",
          "qwen3vlmoe",
          "qwen35",
          "qwen35moe",
          "qwen4exp",
          "qwen3tts");

  /** Architectures that have these types only if they have sections. */
  private static final Set<String> WITH_OPTIONAL_SECTIONS =
      Set.of("dflash", "glm4", "glm4moe", "hunyuan_vl");

  /**
   * Integers that src/models/ARCHITECTURE.cpp divides by without a check. Also the window that
   * gives afmoe.cpp the kind of KV cache that it casts to.
   */
  private static final Map<String, List<String>> POSITIVE =
      Map.ofEntries(
          Map.entry("afmoe", List.of(WINDOW)),
          Map.entry("arwkv7", List.of("wkv.head_size")),
          Map.entry("deepseek4", List.of("attention.output_group_count")),
          Map.entry("falcon-h1", List.of("ssm.group_count")),
          Map.entry("gemma2", List.of(HEADS)),
          Map.entry("gemma3", List.of(HEADS)),
          Map.entry("granitehybrid", List.of("ssm.group_count")),
          Map.entry("mamba2", List.of("ssm.group_count")),
          Map.entry("minimax-01", List.of("full_attention_interval")),
          Map.entry("nemotron_h", List.of("ssm.group_count")),
          Map.entry("nemotron_h_moe", List.of("ssm.group_count")),
          Map.entry("olmo2", List.of(HEADS)),
          Map.entry("phimoe", List.of(HEADS)),
          Map.entry("qwen35", List.of("full_attention_interval", "ssm.group_count")),
          Map.entry("qwen35moe", List.of("full_attention_interval", "ssm.group_count")),
          Map.entry("qwen3next", List.of("full_attention_interval", "ssm.group_count")),
          Map.entry("rwkv6", List.of("wkv.head_size")),
          Map.entry("rwkv6qwen2", List.of("wkv.head_size")),
          Map.entry("rwkv7", List.of("wkv.head_size")));

  /** Divide the feed-forward length by the number of experts used, if no expert size is given. */
  private static final Set<String> DIVIDING_BY_EXPERTS =
      Set.of("qwen35moe", "qwen3next", "qwen4exp");

  private static final Set<String> WITHOUT_SINGLE_EXPERT = Set.of("hunyuan-dense", "hunyuan_vl");

  private final ModelMetadata metadata;
  private final int layers;
  private final long[] heads;

  HyperparameterCheck(ModelMetadata metadata) {
    this.metadata = metadata;
    requireRange("block_count", uint32("block_count", 1), 1, MAX_LAYERS);
    this.layers = (int) uint32("block_count", 1);
    this.heads = perLayer(HEADS);
  }

  void run() {
    // llama-model.cpp asserts it
    requireRange("nextn_predict_layers", uint32("nextn_predict_layers", 0), 0, layers);
    if (metadata.architecture().equals("wavtokenizer-dec")) {
      requireRange("posnet.block_count", uint32("posnet.block_count", 0), 0, layers);
      requireRange("convnext.block_count", uint32("convnext.block_count", 0), 0, layers);
    }
    checkExperts();
    checkHeads();
    checkRope();
    checkEpsilons();
    checkPositive();
  }

  /** Mirrors the assertions of load_hparams in llama-model.cpp. */
  private void checkExperts() {
    long experts = uint32("expert_count", 0);
    if (experts <= 1 && WITHOUT_SINGLE_EXPERT.contains(metadata.architecture())) {
      return;
    }
    requireRange("expert_count", experts, 0, MAX_EXPERTS);
    long[] used = perLayer("expert_used_count");
    requireRange("expert_used_count", max(used), experts > 0 ? 1 : 0, experts);
    long groups = uint32("expert_group_count", 0);
    requireRange("expert_group_count", groups, 0, Math.max(0, experts - 1));
    if (groups > 1) {
      if (experts % groups != 0) {
        throw failure("expert_group_count", groups, "a divisor of " + experts);
      }
      requireRange("expert_group_used_count", uint32("expert_group_used_count", 0), 1, groups - 1);
    }
    if (DIVIDING_BY_EXPERTS.contains(metadata.architecture())
        && perLayer("expert_feed_forward_length")[0] == 0) {
      requireRange("expert_used_count", used[0], 1, experts);
    }
  }

  /**
   * Each key and value head belongs to the same number of query heads: ggml_can_mul_mat in ggml.c.
   */
  private void checkHeads() {
    GgufValue given = metadata.value(metadata.key("attention.head_count_kv"));
    long[] keyHeads = given == null ? heads : perLayer("attention.head_count_kv");
    for (int layer = 0; layer < layers; layer++) {
      if (keyHeads[layer] > 0 && heads[layer] % keyHeads[layer] != 0) {
        throw failure(
            "attention.head_count_kv",
            keyHeads[layer],
            String.format(
                Locale.ROOT,
                "a divisor of the number of heads, %d, in layer %d",
                heads[layer],
                layer));
      }
    }
  }

  private void checkRope() {
    String scaling = metadata.text(metadata.key("rope.scaling.type"));
    if (!scaling.isEmpty() && !ROPE_SCALING.contains(scaling)) {
      throw failure("rope.scaling.type", GgufInput.quoted(scaling), "one of " + ROPE_SCALING);
    }
    if (heads[0] == 0 || WITHOUT_ROPE.contains(metadata.architecture())) {
      return;
    }
    long headSize = uint32("attention.key_length", uint32("embedding_length", 0) / heads[0]);
    long rotated = uint32("rope.dimension_count", headSize);
    checkRotated("attention.key_length", headSize, "rope.dimension_count", rotated);
    checkRotated(
        "attention.key_length_swa",
        uint32("attention.key_length_swa", headSize),
        "rope.dimension_count_swa",
        uint32("rope.dimension_count_swa", rotated));
    checkSections(headSize);
  }

  /**
   * ggml_compute_forward_rope_flt of ops.cpp asserts some of this on each thread. It does not
   * terminate if nothing is rotated, and it copies the rest of a head in pairs.
   */
  private void checkRotated(String sizeKey, long headSize, String rotatedKey, long rotated) {
    requireRange(rotatedKey, rotated, 2, headSize);
    requireMultiple(sizeKey, headSize, 2);
    // step35.cpp rotates half of it
    requireMultiple(rotatedKey, rotated, metadata.architecture().equals("step35") ? 4 : 2);
  }

  /** ggml_mrope_cache_init of ops.cpp divides by the sum of sections and asserts that they fit. */
  private void checkSections(long headSize) {
    String key = "rope.dimension_sections";
    boolean always = WITH_SECTIONS.contains(metadata.architecture());
    if ((always || WITH_OPTIONAL_SECTIONS.contains(metadata.architecture()))
        && metadata.value(metadata.key(key)) instanceof GgufArray sections
        && sections.elementType().isInteger()
        && sections.size() == 4) {
      long sum = 0;
      for (int i = 0; i < 4; i++) {
        requireRange(key, sections.integer(i), 0, headSize);
        sum += sections.integer(i);
      }
      requireRange(key, sum - sections.integer(3), always ? 1 : 0, headSize);
      requireRange(key, sum, 0, headSize);
    }
  }

  private void checkEpsilons() {
    for (String key : EPSILONS) {
      double epsilon = metadata.float32(metadata.key(key), 0);
      if (!(epsilon >= 0)) {
        throw failure(key, epsilon, "at least 0");
      }
    }
  }

  private void checkPositive() {
    for (String key : POSITIVE.getOrDefault(metadata.architecture(), List.of())) {
      // llama.cpp reports other absent values, or has a default for them
      boolean zeroIfAbsent = key.equals(HEADS) || key.equals(WINDOW);
      if ((zeroIfAbsent || metadata.value(metadata.key(key)) != null) && perLayer(key)[0] == 0) {
        throw failure(key, 0, "above 0");
      }
    }
  }

  private long uint32(String key, long otherwise) {
    return metadata.uint32(metadata.key(key), otherwise);
  }

  private long[] perLayer(String key) {
    return metadata.perLayer(metadata.key(key), layers);
  }

  private void requireRange(String key, long value, long min, long max) {
    if (value < min || value > max) {
      throw failure(key, value, String.format(Locale.ROOT, "in [%d, %d]", min, max));
    }
  }

  private void requireMultiple(String key, long value, int divisor) {
    if (value % divisor != 0) {
      throw failure(key, value, "a multiple of " + divisor);
    }
  }

  private ModelLoadException failure(String key, Object value, String must) {
    return metadata.failure(metadata.key(key), value, must);
  }

  private static long max(long[] values) {
    long max = 0;
    for (long value : values) {
      max = Math.max(max, value);
    }
    return max;
  }
}
