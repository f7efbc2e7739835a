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
import org.junit.jupiter.api.Test;

class GenerationDefaultsTest {

  private static final ModelInfo BARE = ModelInfo.builder().build();
  private static final ModelInfo WITH_TEMPLATE = ModelInfo.builder().chatTemplate("own").build();

  private final GenerationDefaults defaults =
      GenerationDefaults.builder()
          .sampler(base -> base.toBuilder().temperature(0.2).topK(3).build())
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
    assertThat(defaults.toString())
        .contains("temperature=0.2", "END", "512", "Be brief.", "5 characters");
  }
}
