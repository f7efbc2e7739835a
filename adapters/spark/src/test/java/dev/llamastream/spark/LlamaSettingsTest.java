package dev.llamastream.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.InvalidValueException;
import dev.llamastream.spark.LlamaSettings.Mode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LlamaSettingsTest {

  private static final LlamaSettings ALL =
      LlamaSettings.builder("m.gguf")
          .sha256("AB".repeat(32))
          .slots(2)
          .contextSize(512)
          .maxTokensPerStream(128)
          .threads(3)
          .gpuLayers(0)
          .reproducible(true)
          .idleTimeout(Duration.ofMinutes(2))
          .mode(Mode.CHAT)
          .systemMessage("Be brief.")
          .thinking(false)
          .maxTokens(9)
          .temperature(0.5)
          .topK(7)
          .topP(0.5)
          .minP(0.25)
          .seed(-3)
          .stopSequences(List.of("a", "b"))
          .timeout(Duration.ofSeconds(30))
          .build();

  @Test
  void eachSettingIsAnOption() {
    assertThat(ALL.options())
        .containsEntry("model", "m.gguf")
        .containsEntry("slots", "2")
        .containsEntry("idleTimeout", "120")
        .containsEntry("mode", "chat")
        .containsEntry("stopSequences", "a\nb")
        .containsEntry("timeout", "30");
    assertThat(LlamaSettings.of(ALL.options())).isEqualTo(ALL).hasSameHashCodeAs(ALL);
    assertThat(ALL.toBuilder().build()).isEqualTo(ALL);
    assertThat(ALL.toBuilder().seed(0).build()).isNotEqualTo(ALL);
    assertThat(ALL.request().stopSequences()).containsExactly("a", "b");
    assertThat(ALL.engine().sha256()).isEqualTo("ab".repeat(32));
    assertThat(ALL.engine().modelParams().repackWeights()).isFalse();
  }

  @Test
  void settingsTravelAsAFewBytes() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    new ObjectOutputStream(bytes).writeObject(ALL);

    assertThat(bytes.size()).isLessThan(2000);
    Object read = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray())).readObject();
    assertThat(read).isEqualTo(ALL);
    assertThat(((LlamaSettings) read).engine()).isEqualTo(ALL.engine());
  }

  @ParameterizedTest
  @CsvSource({
    "model, '', 'model: missing'",
    "sha256, 12, 'sha256: ''12'', must be 64 hexadecimal digits'",
    "slots, 0, 'slots: 0, must be in [1, 128]'",
    "slots, many, 'slots: ''many'', must be an integer'",
    "topP, 2, 'topP: 2.0, must be in '",
    "reproducible, yes, 'reproducible: ''yes'', must be true or false'",
    "mode, talk, 'mode: ''talk'', must be generate, chat, json or embed'",
    "mode, json, 'schema: missing'",
    "maxTokens, -1, 'maxTokens: -1, must be in '",
    "timeout, -1, 'timeout'",
    "idleTimeout, -1, 'idleTimeout'",
    "size, 1, 'size: no such option, must be one of '",
  })
  void saysWhatIsWrong(String name, String value, String message) {
    assertThatThrownBy(() -> LlamaSettings.builder("m.gguf").option(name, value).build())
        .isInstanceOf(InvalidValueException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void theModelIsNeeded() {
    assertThatThrownBy(() -> LlamaSettings.of(Map.of("slots", "1")))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageStartingWith("model: missing");
  }

  @Test
  void seedsDependOnTheKeyAlone() {
    assertThat(RowSeed.of(0, "a")).isEqualTo(RowSeed.of(0, "a")).isBetween(0L, 0xffff_fffeL);
    assertThat(RowSeed.of(0, "a"))
        .isNotEqualTo(RowSeed.of(0, "b"))
        .isNotEqualTo(RowSeed.of(1, "a"));
  }
}
