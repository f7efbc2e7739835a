package dev.llamastream.gguf;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.ModelLoadException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TensorCheckTest {

  private static final List<Long> MATRIX = List.of(256L, 4L);

  @ParameterizedTest
  @CsvSource({
    "blk.0.attn_norm.weight, F16, F32",
    "blk.11.attn_q_norm.weight, Q8_0, F32",
    "output_norm.weight, BF16, F32",
    "enc.blk.0.attn_norm.weight, F16, F32",
    "blk.0.attn_q.bias, F16, F32",
    "blk.0.ssm_a, F16, F32",
    "blk.0.attn_q.scale, F16, F32",
    "blk.0.ssm_conv1d.weight, F16, F32",
    "blk.0.shortconv.conv.weight, F16, F32",
    "blk.3.time_mix_first.weight, F16, F32",
    "blk.0.ffn_gate_tid2eid.weight, F32, I32 or I64",
    "token_embd.weight, I32, one that can be multiplied",
    "blk.0.attn_q.weight, Q8_1, one that can be multiplied",
    "blk.0.attn_q.weight, Q8_K, one that can be multiplied",
    "output.weight, F64, one that can be multiplied",
    "output.weight, I8, one that can be multiplied",
  })
  void matricesOfTypesThatCannotBeComputedAreRefused(String name, GgmlType type, String must) {
    refused(
        new GgufTensor(name, type, MATRIX, 0),
        "tensor \"" + name + "\": type " + type + ", must be " + must);
  }

  @ParameterizedTest
  @CsvSource({
    "blk.0.attn_norm.weight, F32",
    "blk.0.attn_q.weight, F16",
    "blk.0.attn_q.weight, IQ1_S",
    "blk.0.attn_q.lora_a, F16",
    "token_embd.weight, Q6_K",
    "output.weight, NVFP4",
    "blk.0.ffn_gate_tid2eid.weight, I32",
    "d2t, I64",
    "blk.0.ffn_gate_exps.weight, MXFP4",
  })
  void matricesOfOtherTypesPass(String name, GgmlType type) {
    passes(new GgufTensor(name, type, MATRIX, 64));
  }

  @Test
  void vectorsMustBeFloats() {
    List<Long> vector = List.of(64L);
    passes(new GgufTensor("rope_freqs.weight", GgmlType.F32, vector, 0));
    refused(
        new GgufTensor("rope_freqs.weight", GgmlType.F16, vector, 0),
        "tensor \"rope_freqs.weight\": type F16, must be F32");
  }

  @Test
  void tensorsMustHaveElementsAndBeAligned() {
    refused(
        new GgufTensor("token_embd.weight", GgmlType.F32, List.of(64L, 0L), 0),
        "tensor \"token_embd.weight\": dimensions [64, 0], must be above 0");
    refused(
        new GgufTensor("token_embd.weight", GgmlType.F32, MATRIX, 48),
        "tensor \"token_embd.weight\": offset 48, must be a multiple of 32");
  }

  private static GgufFile file(GgufTensor tensor) {
    return new GgufFile(Path.of("model.gguf"), 3, 1 << 20, 32, Map.of(), List.of(tensor), "");
  }

  private static void passes(GgufTensor tensor) {
    assertThatCode(() -> new TensorCheck(file(tensor)).run()).doesNotThrowAnyException();
  }

  private static void refused(GgufTensor tensor, String message) {
    assertThatThrownBy(() -> new TensorCheck(file(tensor)).run())
        .isInstanceOf(ModelLoadException.class)
        .hasMessage("model.gguf: " + message);
  }
}
