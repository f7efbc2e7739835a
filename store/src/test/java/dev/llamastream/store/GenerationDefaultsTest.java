package dev.llamastream.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.GenerationRequest;
import dev.llamastream.InvalidValueException;
import dev.llamastream.ModelInfo;
import dev.llamastream.SamplerParams;
import dev.llamastream.chat.ChatMessage;
import dev.llamastream.chat.ChatRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GenerationDefaultsTest {

  private static final ModelInfo BARE = ModelInfo.builder().build();
  private static final ModelInfo WITH_TEMPLATE = ModelInfo.builder().chatTemplate("own").build();

  private final GenerationDefaults defaults =
      GenerationDefaults.builder()
          .samplerValue("temperature", 0.2)
          .samplerValue("topK", 3)
          .stopSequences(List.of("END"))
          .contextSize(512)
          .maxTokens(7)
          .systemMessage("Be brief.")
          .examples(List.of(ChatMessage.user("Hi")))
          .chatTemplate("jinja")
          .build();

  private static ChatRequest.Builder chat() {
    return ChatRequest.builder(ChatMessage.user("Hi"));
  }

  @Test
  void noneChangesNothing() {
    GenerationDefaults none = GenerationDefaults.NONE;

    assertThat(none.applyTo(chat(), BARE).build()).isEqualTo(chat().build());
    assertThat(none.applyTo(GenerationRequest.builder("x")).build())
        .isEqualTo(GenerationRequest.builder("x").build());
    assertThat(none.messages()).isEmpty();
    assertThat(none.contextSize()).isEmpty();
  }

  @Test
  void aRequestTakesThem() {
    SamplerParams sampler = SamplerParams.builder().temperature(0.2).topK(3).build();

    assertThat(defaults.applyTo(chat(), BARE).build())
        .isEqualTo(
            chat().sampler(sampler).stopSequences("END").maxTokens(7).template("jinja").build());
    assertThat(defaults.applyTo(GenerationRequest.builder("x")).build())
        .isEqualTo(
            GenerationRequest.builder("x")
                .sampler(sampler)
                .stopSequences("END")
                .maxTokens(7)
                .build());
  }

  @Test
  void theModelsOwnTemplateWins() {
    assertThat(defaults.applyTo(chat(), WITH_TEMPLATE).build().template()).isEmpty();
  }

  @Test
  void whatIsSetAfterwardsWins() {
    ChatRequest request = defaults.applyTo(chat(), BARE).maxTokens(9).stopSequences("x").build();

    assertThat(request.maxTokens()).isEqualTo(9);
    assertThat(request.stopSequences()).containsExactly("x");
    assertThat(defaults.sampler(SamplerParams.defaults()).toBuilder().temperature(0.3).build())
        .isEqualTo(SamplerParams.builder().temperature(0.3).topK(3).build());
  }

  @Test
  void aChatBeginsWithTheSystemMessage() {
    assertThat(defaults.messages())
        .containsExactly(ChatMessage.system("Be brief."), ChatMessage.user("Hi"));
  }

  @Test
  void isNotChangedThroughWhatItWasMadeOf() {
    List<String> stops = new ArrayList<>(List.of("a"));
    List<ChatMessage> examples = new ArrayList<>(List.of(ChatMessage.user("a")));
    GenerationDefaults.Builder builder =
        GenerationDefaults.builder().stopSequences(stops).examples(examples);
    GenerationDefaults built = builder.build();
    stops.add("b");
    examples.clear();
    builder.maxTokens(1);

    assertThat(built.stopSequences()).containsExactly("a");
    assertThat(built.messages()).hasSize(1);
    assertThat(built.maxTokens()).isEmpty();
  }

  @Test
  void valuesThatNoRequestTakes() {
    GenerationDefaults.Builder builder = GenerationDefaults.builder();

    assertThatThrownBy(() -> builder.samplerValue("grammar", 1))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageContaining("none is named grammar");
    assertThatThrownBy(() -> builder.samplerValue("topP", Double.NaN))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageStartingWith("topP: NaN");
    assertThatThrownBy(() -> builder.samplerValue("topK", 4_294_967_301.0))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageStartingWith("topK: 4.294967301E9, must be in");
    assertThatThrownBy(() -> builder.stopSequences(List.of("")))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageStartingWith("stopSequences length: 0");
    assertThatThrownBy(() -> builder.maxTokens(-1)).hasMessageStartingWith("maxTokens: -1");
    assertThatThrownBy(() -> builder.contextSize(-1)).hasMessageStartingWith("contextSize: -1");
    assertThatThrownBy(() -> builder.systemMessage("\0")).hasMessageContaining("NUL");
    assertThatThrownBy(() -> builder.chatTemplate("\0")).hasMessageStartingWith("template: NUL");
  }

  @Test
  void sayWhatTheyAre() {
    assertThat(defaults)
        .hasToString(
            "GenerationDefaults{temperature=0.2, topK=3.0, stopSequences=[END], contextSize=512,"
                + " maxTokens=7, messages=2, chatTemplate=5}");
    assertThat(GenerationDefaults.NONE).hasToString("GenerationDefaults{}");
  }

  @Test
  void areEqualIfTheyRecommendTheSame() {
    assertThat(GenerationDefaults.builder().samplerValue("topK", 3).samplerValue("topP", 1).build())
        .isEqualTo(
            GenerationDefaults.builder().samplerValue("topP", 1).samplerValue("topK", 3).build())
        .hasSameHashCodeAs(
            GenerationDefaults.builder().samplerValue("topP", 1).samplerValue("topK", 3).build())
        .isNotEqualTo(GenerationDefaults.builder().samplerValue("topK", 3).build());
    // the library's own value is a recommendation too
    assertThat(GenerationDefaults.builder().samplerValue("topK", 40).build())
        .isNotEqualTo(GenerationDefaults.NONE);
    assertThat(GenerationDefaults.builder().build()).isEqualTo(GenerationDefaults.NONE);
    assertThat(defaults.samplerValues()).isEqualTo(Map.of("temperature", 0.2, "topK", 3.0));
  }
}
