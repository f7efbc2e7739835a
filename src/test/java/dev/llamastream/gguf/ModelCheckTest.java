package dev.llamastream.gguf;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.ModelLoadException;
import dev.llamastream.fixture.TinyModel;
import dev.llamastream.gguf.GgufValue.FloatValue;
import dev.llamastream.gguf.GgufValue.IntegerValue;
import dev.llamastream.gguf.GgufValue.StringValue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelCheckTest {

  private static final GgufFile TINY = GgufFile.read(TinyModel.defaultPath());

  private final Map<String, GgufValue> metadata = new LinkedHashMap<>(TINY.metadata());

  @Test
  void soundModelsPass() {
    assertThatCode(() -> ModelCheck.check(List.of(TINY), false)).doesNotThrowAnyException();
    assertThatCode(() -> ModelCheck.check(List.of(TINY), true)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource({
    "block_count, 0, 'must be in [1, 512]'",
    "block_count, 513, 'must be in [1, 512]'",
    "nextn_predict_layers, 3, 'must be in [0, 2]'",
    "attention.head_count, 3, 'head_count_kv\": 2, must be a divisor of the number of heads, 3'",
    "attention.head_count_kv, 4, 'must be a divisor of the number of heads, 2, in layer 0'",
    "attention.key_length, 63, 'rope.dimension_count\": 64, must be in [2, 63]'",
    "attention.key_length, 65, 'must be a multiple of 2'",
    "rope.dimension_count, 66, 'must be in [2, 64]'",
    "rope.dimension_count, 63, 'must be a multiple of 2'",
    "rope.dimension_count, 0, 'must be in [2, 64]'",
    "rope.dimension_count_swa, 66, 'must be in [2, 64]'",
    "attention.key_length_swa, 32, 'rope.dimension_count_swa\": 64, must be in [2, 32]'",
    "expert_count, 1025, 'must be in [0, 1024]'",
    "expert_count, 8, 'expert_used_count\": 0, must be in [1, 8]'",
    "expert_used_count, 1, 'must be in [0, 0]'",
    "expert_group_count, 1, 'must be in [0, 0]'",
  })
  void hyperparametersOutOfRangeAreRefused(String key, long value, String message) {
    put("llama.attention.head_count_kv", 2);
    put("llama." + key, value);
    refused("metadata \"llama.", message);
  }

  @Test
  void expertsMustBeInGroups() {
    put("llama.expert_count", 8);
    put("llama.expert_used_count", 2);
    passes();
    put("llama.expert_used_count", 9);
    refused("\"llama.expert_used_count\": 9, must be in [1, 8]");
    put("llama.expert_used_count", 2);
    put("llama.expert_group_count", 8);
    refused("\"llama.expert_group_count\": 8, must be in [0, 7]");
    put("llama.expert_group_count", 3);
    refused("\"llama.expert_group_count\": 3, must be a divisor of 8");
    put("llama.expert_group_count", 4);
    refused("\"llama.expert_group_used_count\": 0, must be in [1, 3]");
    put("llama.expert_group_used_count", 3);
    passes();
  }

  @Test
  void layersMayDiffer() {
    metadata.put("llama.attention.head_count", integers(2, 4));
    metadata.put("llama.attention.head_count_kv", integers(1, 0));
    passes();
    metadata.put("llama.attention.head_count_kv", integers(2, 3));
    refused("\"llama.attention.head_count_kv\": 3, must be a divisor of", "4, in layer 1");
    metadata.remove("llama.attention.head_count_kv");
    passes();
    put("llama.expert_count", 4);
    metadata.put("llama.expert_used_count", integers(0, 5));
    refused("\"llama.expert_used_count\": 5, must be in [1, 4]");
    metadata.put("llama.expert_used_count", integers(0, -1));
    refused("\"llama.expert_used_count\": 4294967295, must be in [1, 4]");
  }

  /** llama.cpp says so itself. */
  @Test
  void valuesOfOtherTypesAreNotJudged() {
    metadata.put("llama.block_count", new StringValue("0"));
    metadata.put("llama.attention.head_count", new FloatValue(GgufType.FLOAT32, 3));
    metadata.put("tokenizer.ggml.tokens", integers(1, 1));
    passes();
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "linear", "yarn", "longrope", "su"})
  void onlyKnownRopeScalingPasses(String scaling) {
    metadata.put("llama.rope.scaling.type", new StringValue(scaling));
    if (scaling.equals("su")) {
      refused("\"llama.rope.scaling.type\": \"su\", must be one of");
    } else {
      passes();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "attention.layer_norm_epsilon, -1",
    "attention.layer_norm_rms_epsilon, NaN",
    "attention.group_norm_epsilon, -Infinity",
  })
  void negativeEpsilonsAreRefused(String key, double value) {
    metadata.put("llama." + key, new FloatValue(GgufType.FLOAT32, value));
    refused("\"llama." + key + "\": " + value + ", must be at least 0");
    metadata.put("llama." + key, new FloatValue(GgufType.FLOAT32, 0));
    passes();
  }

  @Test
  void headSizesMayBeOddWithoutRope() {
    become("mpt");
    metadata.remove("mpt.rope.dimension_count");
    put("mpt.attention.key_length", 63);
    passes();
    become("mpt", "falcon");
    refused("\"falcon.attention.key_length\": 63, must be a multiple of 2");
    become("falcon", "step35");
    put("step35.attention.key_length", 64);
    passes();
    put("step35.rope.dimension_count", 62);
    refused("\"step35.rope.dimension_count\": 62, must be a multiple of 4");
  }

  @Test
  void ropeSectionsMustFit() {
    become("glm4");
    metadata.put("glm4.rope.dimension_sections", integers(16, 24, 24, 0));
    passes();
    metadata.put("glm4.rope.dimension_sections", integers(16, 24, 24, 1));
    refused("\"glm4.rope.dimension_sections\": 65, must be in [0, 64]");
    metadata.put("glm4.rope.dimension_sections", integers(1, -1, 0, 0));
    refused("\"glm4.rope.dimension_sections\": -1, must be in [0, 64]");
    become("glm4", "llama");
    passes();
    metadata.put("llama.rope.dimension_sections", integers(0, 0, 0, 0));
    become("llama", "glm4");
    passes();
    become("glm4", "qwen2vl");
    refused("\"qwen2vl.rope.dimension_sections\": 0, must be in [1, 64]");
  }

  @ParameterizedTest
  @CsvSource({
    "mamba2, ssm.group_count",
    "rwkv7, wkv.head_size",
    "qwen35, full_attention_interval",
    "deepseek4, attention.output_group_count",
    "olmo2, attention.head_count",
    "afmoe, attention.sliding_window",
  })
  void someValuesMustNotBeZero(String architecture, String key) {
    become(architecture);
    put(architecture + "." + key, 0);
    refused("\"" + architecture + "." + key + "\": 0, must be above 0");
    put(architecture + "." + key, 2);
    passes();
  }

  @Test
  void someValuesAreZeroIfAbsent() {
    become("qwen35");
    passes();
    become("qwen35", "afmoe");
    refused("\"afmoe.attention.sliding_window\": 0, must be above 0");
    become("afmoe", "olmo2");
    metadata.remove("olmo2.attention.head_count");
    refused("\"olmo2.attention.head_count\": 0, must be above 0");
  }

  @Test
  void expertsOfUnknownSizeMustBeUsed() {
    become("qwen3next");
    refused("\"qwen3next.expert_used_count\": 0, must be in [1, 0]");
    put("qwen3next.expert_feed_forward_length", 128);
    passes();
  }

  @Test
  void aSingleExpertOfHunyuanIsNone() {
    put("llama.expert_count", 1);
    refused("\"llama.expert_used_count\": 0, must be in [1, 1]");
    become("hunyuan-dense");
    passes();
  }

  @Test
  void wavtokenizerHasNoMoreLayersThanItSays() {
    become("wavtokenizer-dec");
    put("wavtokenizer-dec.posnet.block_count", 3);
    refused("\"wavtokenizer-dec.posnet.block_count\": 3, must be in [0, 2]");
  }

  @Test
  void theVocabularyAloneNeedsNoHyperparameters() {
    put("llama.block_count", 0);
    GgufFile file = file(TINY.tensors());
    assertThatCode(() -> ModelCheck.check(List.of(file), true)).doesNotThrowAnyException();
    refused("block_count");
  }

  private void put(String key, long value) {
    metadata.put(key, new IntegerValue(GgufType.UINT32, value));
  }

  private void become(String architecture) {
    become("llama", architecture);
  }

  private void become(String old, String architecture) {
    metadata.put("general.architecture", new StringValue(architecture));
    for (String key : List.copyOf(metadata.keySet())) {
      if (key.startsWith(old + ".")) {
        metadata.put(architecture + key.substring(old.length()), metadata.remove(key));
      }
    }
  }

  private static GgufArray integers(int... values) {
    byte[] bytes = new byte[values.length * Integer.BYTES];
    GgufFiles.littleEndian(bytes).asIntBuffer().put(values);
    return GgufArray.ofNumbers(GgufType.INT32, values.length, bytes);
  }

  private GgufFile file(List<GgufTensor> tensors) {
    return new GgufFile(TINY.path(), 3, TINY.fileSize(), 32, metadata, tensors, "");
  }

  private void passes() {
    GgufFile file = file(TINY.tensors());
    assertThatCode(() -> ModelCheck.check(List.of(file), false)).doesNotThrowAnyException();
  }

  private void refused(String... parts) {
    GgufFile file = file(TINY.tensors());
    assertThatThrownBy(() -> ModelCheck.check(List.of(file), false))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageStartingWith(TINY.path() + ": ")
        .hasMessageContainingAll(parts);
  }
}
