package dev.llamastream.store.internal.memory;

/**
 * The size of a context's memory of its text. Sizes are floating-point numbers: no value in a file
 * can make them overflow, and those of real models are exact.
 */
final class CacheSize {

  private static final int BYTES_OF_F16 = 2;
  private static final int BYTES_OF_F32 = 4;

  private final Hyperparameters model;
  private final long[] keyHeads;
  private final LayerKinds kinds;

  CacheSize(Hyperparameters model) {
    this.model = model;
    this.keyHeads =
        model.perLayer("attention.head_count_kv", model.perLayer("attention.head_count"));
    this.kinds = new LayerKinds(model, keyHeads);
  }

  double bytes(long cells) {
    return keysAndValues() * cells * BYTES_OF_F16 + states() * BYTES_OF_F32;
  }

  /** The elements of one cell in all layers. The cells of sliding windows are kept as well. */
  private double keysAndValues() {
    boolean[] attention = kinds.attention();
    long[] sliding = model.perLayer("attention.sliding_window_pattern");
    double elements = 0;
    for (int i = 0; i < attention.length; i++) {
      if (attention[i]) {
        double head = headSize("key", sliding[i] != 0);
        // values are computed from the keys then
        if (!model.has("attention.key_length_mla")) {
          head += headSize("value", sliding[i] != 0);
        }
        // sparse attention keeps one more head, which finds the keys that count
        elements += head * keyHeads[i] + model.size("attention.indexer.key_length", 0);
      }
    }
    return elements;
  }

  private long headSize(String part, boolean sliding) {
    long size = model.headSize(part);
    return sliding ? model.size("attention." + part + "_length_swa", size) : size;
  }

  /** The elements of all recurrent layers' states: n_embd_r and n_embd_s. */
  private double states() {
    double elements = 0;
    for (boolean recurrent : kinds.recurrent()) {
      if (recurrent) {
        elements += shiftState() + mainState();
      }
    }
    return elements;
  }

  private double shiftState() {
    double embedding = model.embedding();
    if (model.has("wkv.head_size")) {
      return embedding * model.size("token_shift_count", 2);
    }
    if (model.has("shortconv.l_cache")) {
      return embedding * Math.max(0, model.size("shortconv.l_cache", 0) - 1);
    }
    long kernel = model.size("ssm.conv_kernel", 0);
    if (model.has("kda.head_dim")) {
      return 3.0 * (kernel > 0 ? kernel - 1 : 3) * model.heads() * model.size("kda.head_dim", 0);
    }
    double inner = model.size("ssm.inner_size", 0);
    double groups = 2.0 * model.size("ssm.group_count", 0) * model.size("ssm.state_size", 0);
    return Math.max(0, kernel - 1) * (inner + groups);
  }

  private double mainState() {
    if (model.has("wkv.head_size")) {
      return (double) model.embedding() * model.size("wkv.head_size", 0);
    }
    if (model.has("kda.head_dim")) {
      double head = model.size("kda.head_dim", 0);
      return head * head * model.heads();
    }
    if (model.architecture().equals("minimax-01")) {
      double head = model.headSize("key");
      return head * head * model.heads();
    }
    return (double) model.size("ssm.state_size", 0) * model.size("ssm.inner_size", 0);
  }
}
