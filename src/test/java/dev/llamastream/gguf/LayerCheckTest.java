package dev.llamastream.gguf;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.ModelLoadException;
import dev.llamastream.gguf.GgufValue.IntegerValue;
import dev.llamastream.gguf.GgufValue.StringValue;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LayerCheckTest {

  private final Map<String, GgufValue> metadata = new LinkedHashMap<>();

  @ParameterizedTest
  @CsvSource({
    "phi3, attn_norm.weight, attn_qkv.weight",
    "phi3, attn_norm.weight attn_q.weight attn_k.weight, attn_v.weight",
    "pockettts, attn_norm.weight, attn_qkv.weight",
    "falcon-h1, ssm_conv1d.weight, ssm_conv1d.bias",
    "qwen35, ssm_out.weight attn_gate.weight, attn_qkv.weight",
    "qwen35moe, ssm_out.weight attn_qkv.weight, attn_gate.weight",
    "qwen3next, ssm_out.weight attn_gate.weight, attn_qkv.weight",
    "qwen3next, ssm_out.weight attn_qkv.weight ssm_in.weight, attn_gate.weight",
  })
  void aTensorThatTheGraphNeedsMustBeThere(String architecture, String present, String absent) {
    architecture(architecture);
    List<String> second = List.of(present.split(" "));
    assertThatThrownBy(() -> check(List.of("other.weight"), second))
        .isInstanceOf(ModelLoadException.class)
        .hasMessage("model.gguf: tensor \"blk.1." + absent + "\": absent, must be there");
    List<String> complete = new ArrayList<>(second);
    complete.add(absent);
    assertThatCode(() -> check(List.of(), complete)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource({
    "phi3, attn_norm.weight attn_q.weight attn_k.weight attn_v.weight",
    "phi3, attn_norm.weight attn_qkv.weight",
    "qwen3next, ssm_out.weight ssm_in.weight",
    "qwen3next, attn_q.weight",
    "llama, attn_norm.weight",
  })
  void completeLayersPass(String architecture, String present) {
    architecture(architecture);
    List<String> layer = List.of(present.split(" "));
    assertThatCode(() -> check(layer, layer)).doesNotThrowAnyException();
  }

  @Test
  void aDraftAloneIsNoModel() {
    architecture("qwen35");
    List<String> attention = List.of("attn_norm.weight");
    assertThatCode(() -> check(List.of(), attention)).doesNotThrowAnyException();
    metadata.put("qwen35.nextn_predict_layers", new IntegerValue(GgufType.UINT32, 1));
    assertThatCode(() -> check(attention, List.of())).doesNotThrowAnyException();
    assertThatThrownBy(() -> check(List.of(), attention))
        .isInstanceOf(ModelLoadException.class)
        .hasMessage("model.gguf: tensor \"blk.0.attn_norm.weight\": absent, must be there");
  }

  private void architecture(String name) {
    metadata.put("general.architecture", new StringValue(name));
    metadata.put(name + ".block_count", new IntegerValue(GgufType.UINT32, 2));
  }

  /** The first layer is in one file, the second in another. */
  private void check(List<String> first, List<String> second) {
    List<GgufFile> files = List.of(file("blk.0.", first), file("blk.1.", second));
    new LayerCheck(new ModelMetadata(files.getFirst()), files).run();
  }

  private GgufFile file(String layer, List<String> names) {
    List<GgufTensor> tensors = new ArrayList<>();
    for (String name : names) {
      tensors.add(new GgufTensor(layer + name, GgmlType.F32, List.of(1L), 0));
    }
    return new GgufFile(Path.of("model.gguf"), 3, 0, 32, metadata, tensors, "");
  }
}
