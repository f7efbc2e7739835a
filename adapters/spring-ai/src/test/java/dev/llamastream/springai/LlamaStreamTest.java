package dev.llamastream.springai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.llamastream.ContextParams;
import dev.llamastream.FinishReason;
import dev.llamastream.Model;
import dev.llamastream.PromptTooLongException;
import dev.llamastream.StreamStats;
import dev.llamastream.engine.Engine;
import dev.llamastream.engine.EngineListener;
import dev.llamastream.engine.EngineOverloadedException;
import dev.llamastream.engine.EngineParams;
import dev.llamastream.fixture.ChatTemplate;
import dev.llamastream.fixture.ScriptedModel;
import java.time.Duration;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.retry.NonTransientAiException;
import org.springframework.ai.retry.TransientAiException;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.test.StepVerifier;

/** Streams of an engine with a model that never ends. */
@Timeout(120)
class LlamaStreamTest {

  private static final Prompt PROMPT = new Prompt("Hi");
  private static final int LONG = 4000;

  private static Model model;

  private final BlockingQueue<StreamStats> ended = new LinkedBlockingQueue<>();
  private final CountDownLatch computing = new CountDownLatch(1);
  private Engine engine;
  private LlamaChatModel chat;

  @BeforeAll
  static void load() {
    model =
        Model.load(
            ScriptedModel.of("one ", "two ", "three ")
                .repeat()
                .gguf()
                .put(ChatTemplate.KEY, ChatTemplate.CHATML)
                .writeShared("spring"));
  }

  @AfterAll
  static void closeModel() {
    model.close();
  }

  @BeforeEach
  void open() {
    open(8192, 32);
  }

  private void open(int contextSize, int streamBuffer) {
    EngineListener listener =
        new EngineListener() {
          @Override
          public void onStep(int promptTokens, int streams, Duration elapsed) {
            computing.countDown();
          }

          @Override
          public void onEnd(StreamStats stats) {
            ended.add(stats);
          }
        };
    engine =
        Engine.open(
            model,
            EngineParams.builder()
                .context(
                    ContextParams.builder()
                        .contextSize(contextSize)
                        .batchSize(32)
                        .threads(1)
                        .batchThreads(1)
                        .build())
                .slots(1)
                .queueCapacity(1)
                .streamBuffer(streamBuffer)
                .listener(listener)
                .build());
    chat = LlamaChatModel.builder(engine).build();
  }

  @AfterEach
  void close() {
    engine.close();
  }

  @Test
  void cancelEndsTheGeneration() throws InterruptedException {
    StepVerifier.create(chat.stream(PROMPT), 3).expectNextCount(3).thenCancel().verify();

    assertThat(ended.take().finishReason()).contains(FinishReason.CANCELLED);
    assertThat(engine.snapshot().running() + engine.snapshot().parked()).isZero();
  }

  @Test
  void disposeEndsThePrefill() throws InterruptedException {
    Disposable subscription = chat.stream(new Prompt("a".repeat(LONG))).subscribe();
    computing.await();
    subscription.dispose();

    StreamStats stats = ended.take();
    assertThat(stats.finishReason()).contains(FinishReason.CANCELLED);
    assertThat(stats.promptTokens()).isGreaterThan(LONG);
    assertThat(stats.generatedTokens()).isZero();
  }

  @Test
  void demandDrivesTheModel() throws InterruptedException {
    BlockingQueue<String> pieces = new LinkedBlockingQueue<>();
    BaseSubscriber<ChatResponse> subscriber =
        new BaseSubscriber<>() {
          @Override
          protected void hookOnSubscribe(org.reactivestreams.Subscription subscription) {}

          @Override
          protected void hookOnNext(ChatResponse response) {
            pieces.add(response.getResult().getOutput().getText());
          }
        };
    chat.stream(PROMPT).subscribe(subscriber);
    subscriber.request(2);
    assertThat(List.of(pieces.take(), pieces.take())).containsExactly("one ", "two ");
    while (engine.snapshot().parked() == 0) {
      Thread.onSpinWait();
    }
    assertThat(pieces).isEmpty();
    subscriber.request(1);
    assertThat(pieces.take()).isEqualTo("three ");
    subscriber.cancel();
    assertThat(ended.take().generatedTokens()).isLessThan(50);
  }

  @Test
  void signalsComeFromThreadsOfTheirOwn() {
    Set<String> threads = Collections.synchronizedSet(new HashSet<>());
    chat.stream(PROMPT).take(5).doOnNext(_ -> threads.add(name())).blockLast();

    assertThat(threads).containsExactly("llamastream-ai");
  }

  private static String name() {
    return Thread.currentThread().getName();
  }

  @Test
  void aClosedEngineEndsTheStream() throws InterruptedException {
    BlockingQueue<ChatResponse> responses = new LinkedBlockingQueue<>();
    CountDownLatch complete = new CountDownLatch(1);
    chat.stream(PROMPT).doOnNext(responses::add).doOnComplete(complete::countDown).subscribe();
    responses.take();
    engine.close();
    complete.await();

    ChatResponse last = List.copyOf(responses).getLast();
    assertThat(last.getResult().getMetadata().getFinishReason()).isEqualTo("CANCELLED");
    assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> chat.call(PROMPT));
  }

  @Test
  void aFullQueueIsTransient() throws InterruptedException {
    // so that the first answer takes its time, and is never parked: the second would have its slot
    engine.close();
    open(200_000, 200_000);
    Disposable running = chat.stream(PROMPT).subscribe();
    computing.await();
    Disposable waiting = chat.stream(PROMPT).subscribe();
    while (engine.snapshot().waiting() == 0) {
      Thread.onSpinWait();
    }

    assertThatExceptionOfType(TransientAiException.class)
        .isThrownBy(() -> chat.call(PROMPT))
        .withCauseInstanceOf(EngineOverloadedException.class);
    StepVerifier.create(chat.stream(PROMPT)).verifyError(TransientAiException.class);
    running.dispose();
    waiting.dispose();
  }

  @Test
  void aLongPromptIsNotTransient() {
    assertThatExceptionOfType(NonTransientAiException.class)
        .isThrownBy(() -> chat.call(new Prompt("a".repeat(9000))))
        .withCauseInstanceOf(PromptTooLongException.class);
  }
}
