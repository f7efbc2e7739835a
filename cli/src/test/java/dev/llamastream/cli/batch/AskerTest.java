package dev.llamastream.cli.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.SamplerParams;
import dev.llamastream.server.LocalApi;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AskerTest {

  private static final Item ITEM = new Item(5, 0xAB, Item.Form.PLAIN, null, "/stream", "{}", null);

  private final Queue<CompletableFuture<LocalApi.Response>> responses = new ArrayDeque<>();
  private boolean engineClosed;

  private Asker asker(int retries, Duration timeout) {
    LineSeeds seeds = new LineSeeds(SamplerParams.RANDOM_SEED);
    return new Asker(
        (path, body) -> responses.remove(),
        () -> engineClosed,
        new BatchParams(seeds, false, true, 1, timeout, retries));
  }

  private void respond(int... statuses) {
    for (int status : statuses) {
      String json = status == 200 ? "{\"text\":\"a\"}" : "{\"error\":{}}";
      responses.add(CompletableFuture.completedFuture(new LocalApi.Response(status, json)));
    }
  }

  @ParameterizedTest
  @CsvSource({"408", "500", "503"})
  void triesAgainAfterAnErrorThatMayPass(int status) throws Exception {
    respond(status, status, 200);

    assertThat(asker(2, Duration.ZERO).ask(ITEM))
        .isEqualTo(new Asker.Answer("{\"line\":5,\"crc\":\"000000ab\",\"text\":\"a\"}", true));
  }

  @Test
  void givesUpAfterTheRetries() throws Exception {
    respond(500, 500, 200);

    assertThat(asker(1, Duration.ZERO).ask(ITEM))
        .isEqualTo(new Asker.Answer("{\"line\":5,\"crc\":\"000000ab\",\"error\":{}}", false));
    assertThat(responses).hasSize(1);
  }

  @Test
  void anErrorThatStaysIsNotTriedAgain() throws Exception {
    respond(400, 200);

    assertThat(asker(2, Duration.ZERO).ask(ITEM).success()).isFalse();
    assertThat(responses).hasSize(1);
  }

  @Test
  void waitsForRoomWithoutLimit() throws Exception {
    respond(429, 429, 200);

    assertThat(asker(0, Duration.ZERO).ask(ITEM).success()).isTrue();
  }

  @Test
  void aTimeoutCancelsTheRequestAndIsAFailure() throws Exception {
    CompletableFuture<LocalApi.Response> never = new CompletableFuture<>();
    responses.add(never);

    assertThat(asker(0, Duration.ofMillis(1)).ask(ITEM).text())
        .isEqualTo(
            "{\"line\":5,\"crc\":\"000000ab\",\"error\":{\"code\":\"timeout\",\"message\":\"not"
                + " done after 0.001 s\"}}");
    assertThat(never).isCancelled();
  }

  @Test
  void anEngineThatFailedEndsTheRun() {
    respond(503);
    engineClosed = true;

    assertThatThrownBy(() -> asker(2, Duration.ZERO).ask(ITEM))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("the engine has failed");
  }

  @Test
  void stopEndsARequestAndThePauseAfterOne() throws Exception {
    CompletableFuture<LocalApi.Response> never = new CompletableFuture<>();
    Asker asker = asker(2, Duration.ZERO);
    responses.add(never);
    List<Asker.Answer> answers = new ArrayList<>();
    Thread asking =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    answers.add(asker.ask(ITEM));
                  } catch (IOException | InterruptedException e) {
                    throw new AssertionError(e);
                  }
                });
    while (!responses.isEmpty() || asking.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }

    asker.stop();
    asking.join();
    assertThat(never).isCancelled();
    assertThat(answers).containsExactly((Asker.Answer) null);
    respond(500);
    assertThat(asker.ask(ITEM)).isNull();
  }
}
