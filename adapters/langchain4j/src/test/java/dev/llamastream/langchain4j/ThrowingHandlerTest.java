package dev.llamastream.langchain4j;

import static dev.llamastream.langchain4j.ScriptedAnswers.call;
import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.llamastream.FinishReason;
import dev.llamastream.StreamStats;
import dev.llamastream.engine.EngineListener;
import dev.llamastream.fixture.ChatTemplate;
import dev.llamastream.fixture.ScriptedModel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Handlers that throw in a callback: the others hear all the rest. */
class ThrowingHandlerTest {

  private static final ChatRequest REQUEST =
      ChatRequest.builder()
          .messages(UserMessage.from("Hello"))
          .toolSpecifications(ToolSpecification.builder().name("now").build())
          .build();

  private static ScriptedEngine scripted;
  private static LlamaStreamingChatModel model;

  @BeforeAll
  static void open() {
    scripted =
        new ScriptedEngine(
            ScriptedEngine.script("<think>\nHm</think>\n\nWell" + call("now", "{}")),
            ChatTemplate.qwen3(),
            params -> params);
    model =
        LlamaStreamingChatModel.builder().generator(scripted.engine).returnThinking(true).build();
  }

  @AfterAll
  static void close() {
    scripted.close();
  }

  @Test
  void withoutAnException() throws Exception {
    RecordedAnswer answer = new RecordedAnswer();
    model.chat(REQUEST, answer);
    answer.awaitEnd();
    assertThat(answer.events)
        .containsExactly(
            "started",
            "thinking H",
            "thinking m",
            "text W",
            "text e",
            "text l",
            "text l",
            "part {}",
            "call now",
            "complete");
    assertThat(answer.response().aiMessage().thinking()).isEqualTo("Hm");
    assertThat(answer.response().aiMessage().text()).isEqualTo("Well");
  }

  @ParameterizedTest
  @ValueSource(strings = {"started", "thinking H", "text W", "part {}", "call now", "complete"})
  void oneThrows(String where) throws Exception {
    RuntimeException thrown = new IllegalStateException("mine");
    RecordedAnswer answer =
        new RecordedAnswer() {
          @Override
          void on(String event) {
            if (event.equals(where)) {
              throw thrown;
            }
          }
        };
    model.chat(REQUEST, answer);
    answer.awaitEnd();
    assertThat(answer.errors).containsExactly(thrown);
    assertThat(answer.events).hasSize(11).contains("error mine", "call now", "complete");
  }

  @ParameterizedTest
  @ValueSource(strings = {"started", "text W", "complete"})
  void anErrorEndsTheAnswer(String where) throws Exception {
    Error thrown = new AssertionError("mine");
    RecordedAnswer answer =
        new RecordedAnswer() {
          @Override
          void on(String event) {
            if (event.equals(where)) {
              throw thrown;
            }
          }
        };
    model.chat(REQUEST, answer);
    answer.awaitEnd();
    assertThat(answer.errors).containsExactly(thrown);
    assertThat(answer.events).endsWith(where, "error mine");
  }

  @Test
  void anErrorEndsTheGeneration() throws Exception {
    CompletableFuture<StreamStats> end = new CompletableFuture<>();
    EngineListener listener =
        new EngineListener() {
          @Override
          public void onEnd(StreamStats stats) {
            end.complete(stats);
          }
        };
    RecordedAnswer answer =
        new RecordedAnswer() {
          @Override
          void on(String event) {
            if (event.equals("text O")) {
              throw new AssertionError("mine");
            }
          }
        };
    try (ScriptedEngine endless =
        new ScriptedEngine(
            ScriptedModel.ofBytes("On and on. ").repeat(),
            ChatTemplate.CHATML,
            params -> params.listener(listener))) {
      LlamaStreamingChatModel.builder().generator(endless.engine).build().chat("Hello", answer);
      answer.awaitEnd();
      assertThat(end.get(30, TimeUnit.SECONDS).finishReason()).contains(FinishReason.CANCELLED);
    }
  }

  @Test
  void onErrorThrowsToo() throws Exception {
    RecordedAnswer answer =
        new RecordedAnswer() {
          @Override
          void on(String event) {
            throw new IllegalStateException("mine");
          }
        };
    model.chat(REQUEST, answer);
    answer.awaitEnd();
    assertThat(answer.events).hasSize(20).contains("complete");
  }
}
