package dev.llamastream.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.exception.NonRetriableException;
import dev.langchain4j.model.output.FinishReason;
import dev.llamastream.Context;
import dev.llamastream.ContextParams;
import dev.llamastream.Model;
import dev.llamastream.fixture.ChatTemplate;
import dev.llamastream.fixture.ScriptedModel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Several requests to a context, which runs one stream at a time. */
class SharedContextTest {

  private static final String TEXT = "One answer after the other.";

  private static Model model;
  private static Context context;

  @BeforeAll
  static void open() {
    model =
        Model.load(
            ScriptedModel.ofBytes(TEXT)
                .gguf()
                .put(ChatTemplate.KEY, ChatTemplate.CHATML)
                .writeShared("shared-context"));
    context = new Context(model, ContextParams.builder().contextSize(512).build());
  }

  @AfterAll
  static void close() {
    context.close();
    model.close();
  }

  private static LlamaChatModel chat() {
    return LlamaChatModel.builder().generator(context).build();
  }

  private static LlamaStreamingChatModel streaming() {
    return LlamaStreamingChatModel.builder().generator(context).build();
  }

  @Test
  void threadsThatAskAtOnceAllGetTheirWholeAnswer() throws Exception {
    LlamaChatModel model = chat();
    CountDownLatch start = new CountDownLatch(1);
    List<Future<String>> answers = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      for (int i = 0; i < 20; i++) {
        answers.add(
            threads.submit(
                () -> {
                  start.await();
                  return model.chat("Hello");
                }));
      }
      start.countDown();
    }
    for (Future<String> answer : answers) {
      assertThat(answer.get()).isEqualTo(TEXT);
    }
  }

  @Test
  void aRequestWaitsForTheStreamOfAnotherModel() throws Exception {
    CompletableFuture<String> second = new CompletableFuture<>();
    RecordedAnswer first =
        new RecordedAnswer() {
          @Override
          void on(String event) {
            if (event.equals("text O")) {
              Thread.ofPlatform().start(() -> second.complete(chat().chat("Hello")));
            }
          }
        };
    streaming().chat("Hello", first);
    assertThat(first.response().aiMessage().text()).isEqualTo(TEXT);
    assertThat(first.response().finishReason()).isEqualTo(FinishReason.STOP);
    assertThat(second.get()).isEqualTo(TEXT);
  }

  @Test
  void aCallbackThatAsksTheContextAgainIsToldSo() throws Exception {
    List<Throwable> thrown = new ArrayList<>();
    RecordedAnswer answer =
        new RecordedAnswer() {
          @Override
          void on(String event) {
            if (event.equals("text O")) {
              try {
                chat().chat("Hello");
              } catch (NonRetriableException e) {
                thrown.add(e);
              }
            }
          }
        };
    streaming().chat("Hello", answer);
    assertThat(answer.response().aiMessage().text()).isEqualTo(TEXT);
    assertThat(thrown).hasSize(1);
    assertThat(thrown.getFirst()).hasMessageContaining("use an Engine");
  }

  @Test
  void theLastCallbackMayAskAgain() throws Exception {
    CompletableFuture<String> second = new CompletableFuture<>();
    RecordedAnswer answer =
        new RecordedAnswer() {
          @Override
          void on(String event) {
            if (event.equals("complete")) {
              second.complete(chat().chat("Hello"));
            }
          }
        };
    streaming().chat("Hello", answer);
    assertThat(second.get()).isEqualTo(TEXT);
    assertThat(answer.errors).isEmpty();
  }

  @Test
  void whoWaitsForTheContextCanBeCancelled() throws Exception {
    RecordedAnswer waiting = new RecordedAnswer();
    RecordedAnswer first =
        new RecordedAnswer() {
          @Override
          void on(String event) {
            if (event.equals("text O")) {
              streaming().chat("Hello", waiting);
              waiting.handle.join().cancel();
            }
          }
        };
    streaming().chat("Hello", first);
    assertThat(first.response().aiMessage().text()).isEqualTo(TEXT);
    waiting.awaitEnd();
    assertThat(waiting.events).containsExactly("started");
  }

  @Test
  void callbacksRunOnAThreadOfTheirOwn() throws Exception {
    RecordedAnswer answer = new RecordedAnswer();
    streaming().chat("Hello", answer);
    answer.response();
    assertThat(answer.threads).hasSize(1).doesNotContain(Thread.currentThread());
  }
}
