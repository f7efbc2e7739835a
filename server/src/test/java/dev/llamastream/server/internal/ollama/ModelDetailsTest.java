package dev.llamastream.server.internal.ollama;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.ModelInfo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelDetailsTest {

  @ParameterizedTest
  @CsvSource({
    "0,0",
    "999,999",
    "64000,64K",
    "134515008,134.52M",
    "2000000,2M",
    "7615616512,7.6B",
    "8000000000,8B",
    "1026000000000,1026B",
  })
  void writesSizesAsOllamaDoes(long parameters, String text) {
    assertThat(ModelDetails.parameters(parameters)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({
    "llama 135M Q4_1,Q4_1",
    "qwen2 7B Q4_K - Medium,Q4_K_M",
    "llama 8B Q3_K - Large,Q3_K_L",
    "llama 1B all F32,F32",
    "llama ?B (guessed) F16,F16",
    "llama 8B IQ2_XXS - 2.0625 bpw,IQ2_XXS",
    "llama,unknown",
    "'',unknown",
  })
  void writesTypesAsOllamaDoes(String description, String type) {
    assertThat(ModelDetails.quantization(ModelInfo.builder().description(description).build()))
        .isEqualTo(type);
  }

  @ParameterizedTest
  @CsvSource({
    "llama.context_length,8192,8192",
    "llama.rope.freq_base,10000.000000,10000.000000",
    "llama.attention.layer_norm_rms_epsilon,1e-05,0.00001",
    "tokenizer.ggml.add_bos_token,true,true",
    "general.file_type,7,7",
    "general.version,1.5,'\"1.5\"'",
    "tokenizer.ggml.model,gpt2,'\"gpt2\"'",
  })
  void knowsTheTypesOfMetadata(String key, String value, String json) {
    assertThat(MetadataValue.of(key, value)).hasToString(json);
  }
}
