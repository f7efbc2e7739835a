package dev.llamastream;

import static dev.llamastream.TestStreams.greedy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.fixture.TinyModel;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.FutureTask;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every way to end a stream from outside, at every moment of its life. */
@Timeout(120)
class CancelTest {

  /** When it happens. */
  enum Moment {
    NOTHING_RUNS,
    PREFILL_RUNS,
    DECODE_RUNS,
    CONSUMER_PAUSES
  }

  /** What happens. */
  enum Way {
    CANCEL,
    INTERRUPT,
    TIMEOUT,
    CONTEXT_CLOSE,
    MODEL_CLOSE;

    boolean contextLives() {
      return compareTo(CONTEXT_CLOSE) < 0;
    }
  }

  private static final String LONG_PROMPT = "x".repeat(4_000);

  private Model model;
  private Context context;

  @BeforeEach
  void open() {
    // slow enough that whatever runs still runs when it is to be stopped
    model = Model.load(TinyModel.defaults().withLayers(30).path());
    context = openContext();
  }

  @AfterEach
  void close() {
    model.close();
  }

  private Context openContext() {
    return new Context(
        model,
        ContextParams.builder()
            .contextSize(4_352)
            .contextShift(true)
            .batchSize(4_096)
            .threads(1)
            .batchThreads(1)
            .build());
  }

  static Stream<Arguments> everyWayAtEveryMoment() {
    return Arrays.stream(Way.values())
        .flatMap(way -> Arrays.stream(Moment.values()).map(moment -> Arguments.of(way, moment)));
  }

  @ParameterizedTest
  @MethodSource("everyWayAtEveryMoment")
  void streamEndsAndTheContextIsAsNew(Way way, Moment moment) throws Exception {
    String prompt = moment == Moment.PREFILL_RUNS ? LONG_PROMPT : "x";
    // token ids: tokenizing alone may take longer than the timeout on a busy machine
    GenerationRequest.Builder request =
        greedy(model.tokenizer().encode(prompt)).maxTokens(Integer.MAX_VALUE);
    if (way == Way.TIMEOUT) {
      // long enough for the tokens that come first, short enough for a prefill of seconds
      request.timeout(Duration.ofMillis(moment == Moment.PREFILL_RUNS ? 50 : 500));
    }
    MeteredStream stream = context.streamWithStats(request.build());
    FutureTask<Boolean> consumer = new FutureTask<>(() -> consume(stream, moment, way), true);
    Thread thread = Thread.ofPlatform().name("consumer").start(consumer);

    awaitMoment(stream, moment);
    switch (way) {
      case CANCEL -> stream.cancel();
      case INTERRUPT -> thread.interrupt();
      case TIMEOUT -> {}
      case CONTEXT_CLOSE -> context.close();
      case MODEL_CLOSE -> model.close();
    }
    consumer.get();

    assertThat(stream.hasNext()).isFalse();
    assertThat(stream.finishReason())
        .contains(way == Way.TIMEOUT ? FinishReason.TIMEOUT : FinishReason.CANCELLED);
    if (way.contextLives()) {
      assertGoesOnAsNew();
    } else {
      assertThatThrownBy(() -> context.generateStream("x"))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  /** Pulls until the stream ends, or until the consumer is to pause and then to the end. */
  private void consume(TokenStream stream, Moment moment, Way way) {
    if (moment == Moment.CONSUMER_PAUSES) {
      stream.next();
      pause(way);
    } else if (moment == Moment.NOTHING_RUNS) {
      pause(way);
    }
    while (stream.hasNext()) {
      stream.next();
    }
    assertThat(Thread.interrupted()).isEqualTo(way == Way.INTERRUPT);
  }

  /** Until the main thread has done its part. */
  private void pause(Way way) {
    try {
      Thread.sleep(way == Way.TIMEOUT ? 600 : 200);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void awaitMoment(MeteredStream stream, Moment moment) throws InterruptedException {
    BooleanSupplier reached =
        switch (moment) {
          case NOTHING_RUNS -> () -> true;
          case PREFILL_RUNS -> () -> !stream.stats().elapsed().isZero();
          case CONSUMER_PAUSES -> () -> stream.stats().generatedTokens() >= 1;
          case DECODE_RUNS -> () -> stream.stats().generatedTokens() >= 4;
        };
    while (!reached.getAsBoolean()) {
      Thread.sleep(1);
    }
    Thread.sleep(20);
  }

  private void assertGoesOnAsNew() {
    GenerationRequest request = greedy("and now to something else").maxTokens(30).build();
    try (Context fresh = openContext()) {
      assertThat(context.generate(request)).isEqualTo(fresh.generate(request));
    }
  }
}
