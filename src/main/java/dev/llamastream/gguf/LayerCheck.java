package dev.llamastream.gguf;

import dev.llamastream.ModelLoadException;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Checks for tensors that are optional for a loader but not for the graph, which would follow a
 * null pointer. From src/models/ARCHITECTURE.cpp.
 */
final class LayerCheck {

  /**
   * A layer that has the tensor must also have all the needed ones. If there are others and the
   * first needed tensor is absent, the layer must have the others instead.
   */
  private record Rule(String tensor, List<String> needed, List<String> others) {}

  private static final Rule ATTENTION =
      new Rule(
          "attn_norm.weight",
          List.of("attn_qkv.weight"),
          List.of("attn_q.weight", "attn_k.weight", "attn_v.weight"));

  private static final Rule DELTA_NET =
      new Rule("ssm_out.weight", List.of("attn_qkv.weight", "attn_gate.weight"), List.of());

  private static final Map<String, Rule> RULES =
      Map.of(
          "falcon-h1",
          new Rule("ssm_conv1d.weight", List.of("ssm_conv1d.bias"), List.of()),
          "phi3",
          ATTENTION,
          "pockettts",
          ATTENTION,
          "qwen35",
          DELTA_NET,
          "qwen35moe",
          DELTA_NET,
          "qwen3next",
          new Rule(DELTA_NET.tensor, DELTA_NET.needed, List.of("ssm_in.weight")));

  private final GgufFile first;
  private final ModelMetadata metadata;
  private final Set<String> names = new HashSet<>();

  LayerCheck(ModelMetadata metadata, List<GgufFile> files) {
    this.first = files.getFirst();
    this.metadata = metadata;
    for (GgufFile file : files) {
      for (GgufTensor tensor : file.tensors()) {
        names.add(tensor.name());
      }
    }
  }

  void run() {
    // a draft model may lack all but the last layers ("mtp_only")
    if (metadata.uint32(metadata.key("nextn_predict_layers"), 0) > 0) {
      require("blk.0.", List.of("attn_norm.weight"));
    }
    Rule rule = RULES.get(metadata.architecture());
    if (rule != null) {
      long layers = metadata.uint32(metadata.key("block_count"), 0);
      for (int layer = 0; layer < layers; layer++) {
        checkLayer("blk." + layer + ".", rule);
      }
    }
  }

  private void checkLayer(String layer, Rule rule) {
    if (has(layer, rule.tensor)) {
      boolean others =
          !has(layer, rule.needed.getFirst())
              && !rule.others.isEmpty()
              && has(layer, rule.others.getFirst());
      require(layer, others ? rule.others : rule.needed);
    }
  }

  private boolean has(String layer, String tensor) {
    return names.contains(layer.concat(tensor));
  }

  private void require(String layer, List<String> tensors) {
    for (String tensor : tensors) {
      if (!has(layer, tensor)) {
        throw new ModelLoadException(
            String.format(
                Locale.ROOT,
                "%s: tensor \"%s%s\": absent, must be there",
                first.path(),
                layer,
                tensor));
      }
    }
  }
}
