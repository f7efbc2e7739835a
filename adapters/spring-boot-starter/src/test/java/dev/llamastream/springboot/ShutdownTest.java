package dev.llamastream.springboot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.llamastream.engine.Engine;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.SmartLifecycle;

/** The end of an application in the middle of an answer. */
@Timeout(120)
class ShutdownTest {

  private final BlockingQueue<ChatResponse> responses = new LinkedBlockingQueue<>();
  private final CountDownLatch complete = new CountDownLatch(1);
  private Engine engine;

  private void stream(AssertableApplicationContext context) throws InterruptedException {
    engine = context.getBean(Engine.class);
    context.getBean(ChatModel.class).stream(new Prompt("Hi"))
        .doOnNext(responses::add)
        .doOnComplete(complete::countDown)
        .subscribe();
    responses.take();
  }

  private String finishReason() throws InterruptedException {
    complete.await();
    ChatResponse last = null;
    for (ChatResponse response : responses) {
      last = response;
    }
    return last.getResult().getMetadata().getFinishReason();
  }

  private static ApplicationContextRunner application(String timeout, int maxTokens) {
    return Applications.endless()
        .withPropertyValues(timeout, "spring.ai.llamastream.chat.max-tokens=" + maxTokens);
  }

  @Test
  void anAnswerMayEnd() throws InterruptedException {
    application("spring.lifecycle.timeout-per-shutdown-phase=100s", 2000).run(this::stream);

    assertThat(finishReason()).isEqualTo("LENGTH");
    assertThat(engine.isClosed()).isTrue();
  }

  @Test
  void anAnswerThatTakesLongerIsEnded() throws InterruptedException {
    application("spring.ai.llamastream.shutdown-timeout=10ms", 1_000_000).run(this::stream);

    assertThat(finishReason()).isEqualTo("CANCELLED");
    assertThat(engine.snapshot().running()).isZero();
  }

  @Test
  void anAnswerThatAWebServerWaitsForIsEnded() throws InterruptedException {
    application("spring.lifecycle.timeout-per-shutdown-phase=1s", 1_000_000)
        .withBean(WaitingServer.class, () -> new WaitingServer(complete))
        .run(
            context -> {
              stream(context);
              context.getBean(WaitingServer.class).engine = engine;
            });

    assertThat(finishReason()).isEqualTo("CANCELLED");
  }

  /** A web server that waits for its requests. */
  static final class WaitingServer implements SmartLifecycle {
    private final CountDownLatch requests;
    private volatile Engine engine;
    private volatile boolean running;

    WaitingServer(CountDownLatch requests) {
      this.requests = requests;
    }

    @Override
    public void start() {
      running = true;
    }

    @Override
    public void stop() {
      running = false;
      assertThat(engine.isClosed()).as("before the time is over").isFalse();
      try {
        requests.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public boolean isRunning() {
      return running;
    }

    @Override
    public int getPhase() {
      return DEFAULT_PHASE - 1024;
    }
  }

  @Test
  void aPauseEndsNothing() {
    Applications.endless()
        .withPropertyValues("spring.ai.llamastream.chat.max-tokens=1")
        .run(
            context -> {
              context.getSourceApplicationContext().stop();
              context.getSourceApplicationContext().start();
              assertThat(context.getBean(ChatModel.class).call("Hi")).isEqualTo("one ");
              context.getSourceApplicationContext().close();
              assertThatIllegalStateException()
                  .isThrownBy(() -> context.getBean(Engine.class).requireRoom());
            });
  }
}
