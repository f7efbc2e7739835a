package dev.llamastream.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.exception.NonRetriableException;
import dev.llamastream.FinishReason;
import dev.llamastream.StreamStats;
import dev.llamastream.chat.ChatRequest;
import dev.llamastream.chat.ChatStream;
import dev.llamastream.engine.EngineListener;
import dev.llamastream.fixture.ChatTemplate;
import dev.llamastream.fixture.ScriptedModel;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Cancelling by the handle. */
class CancellingTest {

  private static final int CHUNK = 16;

  private final AtomicInteger steps = new AtomicInteger();
  private final CompletableFuture<StreamStats> end = new CompletableFuture<>();
  private Runnable onFirstStep = () -> {};

  private final ScriptedEngine scripted =
      new ScriptedEngine(
          ScriptedModel.ofBytes("On and on. ").repeat(),
          ChatTemplate.CHATML,
          params -> params.prefillChunk(CHUNK).listener(new Listener()));

  private final class Listener implements EngineListener {
    @Override
    public void onStep(int promptTokens, int streams, Duration elapsed) {
      if (steps.incrementAndGet() == 1) {
        onFirstStep.run();
      }
    }

    @Override
    public void onEnd(StreamStats stats) {
      end.complete(stats);
    }
  }

  private LlamaStreamingChatModel model() {
    return LlamaStreamingChatModel.builder().generator(scripted.engine).build();
  }

  @AfterEach
  void close() {
    scripted.close();
  }

  @Test
  void beforeTheRequestReachesTheEngine() throws Exception {
    RecordedAnswer answer =
        new RecordedAnswer() {
          @Override
          void on(String event) {
            handle.join().cancel();
          }
        };
    AtomicInteger requests = new AtomicInteger();
    ScriptedAnswers generator =
        new ScriptedAnswers(_ -> "") {
          @Override
          public ChatStream chat(ChatRequest request) {
            requests.incrementAndGet();
            return scripted.engine.chat(request);
          }
        };
    LlamaStreamingChatModel.builder().generator(generator).build().chat("Hello", answer);
    answer.awaitEnd();
    assertThat(answer.events).containsExactly("started");
    assertThat(answer.handle.join().isCancelled()).isTrue();
    assertThat(requests).hasValue(0);
  }

  @Test
  void inTheLastPart() throws Exception {
    RecordedAnswer answer =
        new RecordedAnswer() {
          @Override
          void on(String event) {
            if (event.equals("text i")) {
              handle.join().cancel();
            }
          }
        };
    try (ScriptedEngine hi = ScriptedEngine.saying("Hi")) {
      LlamaStreamingChatModel.builder().generator(hi.engine).build().chat("Hello", answer);
      answer.awaitEnd();
    }
    assertThat(answer.events).containsExactly("started", "text H", "text i");
  }

  @Test
  void whileTheModelReadsALongPrompt() throws Exception {
    RecordedAnswer answer = new RecordedAnswer();
    CountDownLatch reading = new CountDownLatch(1);
    onFirstStep =
        () -> {
          await(reading);
          answer.handle.join().cancel();
        };
    ScriptedAnswers generator =
        new ScriptedAnswers(_ -> "") {
          @Override
          public ChatStream chat(ChatRequest request) {
            return signalling(scripted.engine.chat(request), reading);
          }
        };
    String prompt = "A long prompt. ".repeat(50);
    LlamaStreamingChatModel.builder().generator(generator).build().chat(prompt, answer);
    answer.awaitEnd();
    assertThat(answer.events).containsExactly("started");
    StreamStats stats = end.get(30, TimeUnit.SECONDS);
    assertThat(stats.promptTokens()).isGreaterThan(10 * CHUNK);
    assertThat(stats.finishReason()).contains(FinishReason.CANCELLED);
    assertThat(stats.generatedTokens()).isZero();
    assertThat(steps).hasValue(1);
    assertThat(scripted.engine.snapshot().running()).isZero();
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** The stream, which tells when somebody reads it. */
  private static ChatStream signalling(ChatStream stream, CountDownLatch reading) {
    return (ChatStream)
        Proxy.newProxyInstance(
            ChatStream.class.getClassLoader(),
            new Class<?>[] {ChatStream.class},
            (_, method, arguments) -> {
              if (method.getName().equals("hasNext")) {
                reading.countDown();
              }
              try {
                return method.invoke(stream, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @Test
  void inTheMiddle() throws Exception {
    RecordedAnswer answer =
        new RecordedAnswer() {
          @Override
          void on(String event) {
            if (events.size() == 4) {
              handle.join().cancel();
            }
          }
        };
    model().chat("Hello", answer);
    answer.awaitEnd();
    assertThat(answer.events).containsExactly("started", "text O", "text n", "text  ");
    StreamStats stats = end.get(30, TimeUnit.SECONDS);
    assertThat(stats.finishReason()).contains(FinishReason.CANCELLED);
    assertThat(scripted.engine.snapshot().running()).isZero();
    assertThat(scripted.engine.snapshot().parked()).isZero();
  }

  @Test
  void fromAnotherThreadWhileACallbackRuns() throws Exception {
    RecordedAnswer answer =
        new RecordedAnswer() {
          @Override
          void on(String event) {
            if (events.size() == 2) {
              CompletableFuture.runAsync(() -> handle.join().cancel()).join();
            }
          }
        };
    model().chat("Hello", answer);
    answer.awaitEnd();
    assertThat(answer.events).containsExactly("started", "text O");
    assertThat(end.get(30, TimeUnit.SECONDS).finishReason()).contains(FinishReason.CANCELLED);
  }

  @Test
  void callbacksNeverRunOnTheEnginesThread() throws Exception {
    CompletableFuture<Thread> engineThread = new CompletableFuture<>();
    onFirstStep = () -> engineThread.complete(Thread.currentThread());
    RecordedAnswer answer = new RecordedAnswer();
    LlamaStreamingChatModel.builder()
        .generator(scripted.engine)
        .maxOutputTokens(5)
        .build()
        .chat("Hello", answer);
    assertThat(answer.response().aiMessage().text()).isEqualTo("On an");
    assertThat(answer.threads).hasSize(1).allMatch(Thread::isVirtual);
    assertThat(answer.threads).doesNotContain(engineThread.join(), Thread.currentThread());
  }

  @Test
  void anInterruptEndsABlockingCall() {
    LlamaChatModel model = LlamaChatModel.builder().generator(scripted.engine).build();
    Thread caller = Thread.currentThread();
    onFirstStep = caller::interrupt;
    assertThatThrownBy(() -> model.chat("Hello"))
        .isInstanceOf(NonRetriableException.class)
        .hasMessageContaining("interrupted");
    assertThat(Thread.interrupted()).isTrue();
    assertThat(end.orTimeout(30, TimeUnit.SECONDS).join().finishReason())
        .contains(FinishReason.CANCELLED);
  }
}
