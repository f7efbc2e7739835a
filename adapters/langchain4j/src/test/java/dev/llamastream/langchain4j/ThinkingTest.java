package dev.llamastream.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import dev.llamastream.fixture.ChatTemplate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Models that think before they answer; and what an answer tells about itself. */
class ThinkingTest {

  private static ScriptedEngine scripted;

  @BeforeAll
  static void open() {
    scripted =
        new ScriptedEngine(
            ScriptedEngine.script("<think>\nHm</think>\n\nWell."),
            ChatTemplate.qwen3(),
            params -> params);
  }

  @AfterAll
  static void close() {
    scripted.close();
  }

  private static ChatResponse ask(boolean returnThinking) {
    return LlamaChatModel.builder()
        .generator(scripted.engine)
        .modelName("thinker")
        .returnThinking(returnThinking)
        .build()
        .chat(UserMessage.from("Hello"));
  }

  @Test
  void isReturnedIfItIsWanted() {
    assertThat(ask(true).aiMessage())
        .isEqualTo(AiMessage.builder().thinking("Hm").text("Well.").build());
    assertThat(ask(false).aiMessage()).isEqualTo(AiMessage.from("Well."));
  }

  @Test
  void isNotToldIfItIsNotWanted() throws Exception {
    RecordedAnswer answer = new RecordedAnswer();
    LlamaStreamingChatModel.builder().generator(scripted.engine).build().chat("Hello", answer);
    assertThat(answer.response().aiMessage()).isEqualTo(AiMessage.from("Well."));
    assertThat(answer.events).noneMatch(event -> event.startsWith("thinking"));
  }

  @Test
  void metadata() {
    LlamaChatResponseMetadata metadata = (LlamaChatResponseMetadata) ask(true).metadata();
    assertThat(metadata.modelName()).isEqualTo("thinker");
    assertThat(metadata.finishReason()).isEqualTo(FinishReason.STOP);
    assertThat(metadata.tokenUsage().inputTokenCount()).isEqualTo(metadata.stats().promptTokens());
    assertThat(metadata.tokenUsage().outputTokenCount())
        .isEqualTo(metadata.stats().generatedTokens())
        .isEqualTo("<think>\nHm</think>\n\nWell.".length());
    assertThat(metadata.toBuilder().build()).isEqualTo(metadata).hasSameHashCodeAs(metadata);
    assertThat(metadata.toString()).contains("thinker");
    assertThat(ask(true).metadata().id()).isNotEqualTo(metadata.id());
  }
}
