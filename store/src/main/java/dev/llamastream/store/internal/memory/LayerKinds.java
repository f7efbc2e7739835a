package dev.llamastream.store.internal.memory;

import java.util.Set;

/**
 * Which layers keep keys and values, and which a state of fixed size: {@code
 * llama_model::create_memory} and what each architecture reads before it.
 */
final class LayerKinds {

  /** They see a text as a whole, and keep nothing. */
  private static final Set<String> WITHOUT_CACHE =
      Set.of(
          "bert",
          "jina-bert-v2",
          "jina-bert-v3",
          "nomic-bert",
          "nomic-bert-moe",
          "neo-bert",
          "eurobert",
          "wavtokenizer-dec",
          "modern-bert",
          "gemma-embedding",
          "dream",
          "llada",
          "llada-moe",
          "rnd1");

  private static final Set<String> RECURRENT =
      Set.of("mamba", "mamba2", "rwkv6", "rwkv6qwen2", "rwkv7", "arwkv7");

  /** A layer without heads for keys and values is recurrent. */
  private static final Set<String> HYBRID_BY_HEADS =
      Set.of(
          "jamba",
          "plamo2",
          "granitehybrid",
          "lfm2",
          "lfm2moe",
          "kimi-linear",
          "bailingmoe3",
          "kimi-k3");

  private static final Set<String> HYBRID_BY_INTERVAL =
      Set.of("qwen3next", "qwen35", "qwen35moe", "qwen4exp", "minimax-01");

  private static final Set<String> HYBRID_WITH_PLAIN_LAYERS =
      Set.of("nemotron_h", "nemotron_h_moe");

  private final Hyperparameters model;
  private final long[] keyHeads;

  LayerKinds(Hyperparameters model, long[] keyHeads) {
    this.model = model;
    this.keyHeads = keyHeads;
  }

  /** Layers whose keys and values are kept. */
  boolean[] attention() {
    String architecture = model.architecture();
    boolean[] recurrent = recurrent();
    long[] feedForward = model.perLayer("feed_forward_length");
    boolean[] attention = new boolean[model.allLayers()];
    for (int i = 0; i < attention.length; i++) {
      attention[i] =
          !WITHOUT_CACHE.contains(architecture)
              && i < keeping()
              && (!recurrent[i] || architecture.equals("falcon-h1"))
              && !(HYBRID_WITH_PLAIN_LAYERS.contains(architecture) && feedForward[i] != 0);
    }
    return attention;
  }

  /** The others use the keys and values of earlier layers. */
  private long keeping() {
    return switch (model.architecture()) {
      case "gemma3n" -> Math.min(20, model.allLayers());
      case "gemma4" -> model.allLayers() - model.size("attention.shared_kv_layers", 0);
      default -> model.layers();
    };
  }

  /** Layers with a state of fixed size. */
  boolean[] recurrent() {
    String architecture = model.architecture();
    boolean[] recurrent = new boolean[model.allLayers()];
    long[] feedForward = model.perLayer("feed_forward_length");
    boolean[] byInterval = byInterval();
    for (int i = 0; i < model.layers(); i++) {
      recurrent[i] =
          RECURRENT.contains(architecture)
              || architecture.equals("falcon-h1")
              || (HYBRID_BY_HEADS.contains(architecture) && keyHeads[i] == 0)
              || (HYBRID_BY_INTERVAL.contains(architecture) && byInterval[i])
              || (HYBRID_WITH_PLAIN_LAYERS.contains(architecture)
                  && keyHeads[i] == 0
                  && feedForward[i] == 0);
    }
    return recurrent;
  }

  private boolean[] byInterval() {
    long interval = Math.max(1, model.size("full_attention_interval", 4));
    long[] usual = new long[model.allLayers()];
    for (int i = 0; i < usual.length; i++) {
      usual[i] = (i + 1) % interval == 0 ? 0 : 1;
    }
    long[] stated = model.perLayer("attention.recurrent_layers", usual);
    boolean[] recurrent = new boolean[usual.length];
    for (int i = 0; i < recurrent.length; i++) {
      recurrent[i] = stated[i] != 0;
    }
    return recurrent;
  }
}
