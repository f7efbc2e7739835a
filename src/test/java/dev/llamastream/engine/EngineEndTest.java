package dev.llamastream.engine;

import static dev.llamastream.TestStreams.greedy;
import static dev.llamastream.TestStreams.tokens;
import static dev.llamastream.engine.Engines.assertWorks;
import static dev.llamastream.engine.Engines.awaitIdle;
import static dev.llamastream.engine.Engines.cycle;
import static dev.llamastream.engine.Engines.cycleRequest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.llamastream.FinishReason;
import dev.llamastream.GenerationRequest;
import dev.llamastream.Model;
import dev.llamastream.StreamStats;
import dev.llamastream.Token;
import dev.llamastream.TokenStream;
import dev.llamastream.fixture.ByteVocabulary;
import dev.llamastream.fixture.ScriptedModel;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.FutureTask;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Why and how an engine's streams end, at every moment of their lives. */
@Timeout(600)
class EngineEndTest {

  /** When it happens. */
  enum Moment {
    QUEUED(0),
    PREFILL(0),
    DECODING(3),
    PARKED(5);

    /** How many tokens are there then. */
    private final int tokens;

    Moment(int tokens) {
      this.tokens = tokens;
    }
  }

  /** What happens. */
  enum Way {
    CANCEL,
    TIMEOUT,
    ENGINE_CLOSE,
    MODEL_CLOSE;

    boolean engineLives() {
      return compareTo(ENGINE_CLOSE) < 0;
    }
  }

  private static final int BATCH = 16;
  private static final int FIRST = 11;

  private final Queue<StreamStats> ended = new ConcurrentLinkedQueue<>();
  private final HeldDecoder decoder = new HeldDecoder();
  private Model model;
  private Engine engine;

  @BeforeEach
  void open() {
    model = Model.load(Engines.CYCLE.path());
    EngineListener listener =
        new EngineListener() {
          @Override
          public void onEnd(StreamStats stats) {
            ended.add(stats);
          }
        };
    engine =
        Engine.open(
            model,
            Engines.params()
                .slots(1)
                .context(Engines.context().batchSize(BATCH).build())
                .streamBuffer(6)
                .listener(listener)
                .build(),
            decoder);
  }

  @AfterEach
  void close() {
    decoder.open();
    model.close();
  }

  /** A prompt of four batches, and no end. */
  private static GenerationRequest.Builder endless() {
    return cycleRequest(FIRST, 4 * BATCH, Integer.MAX_VALUE);
  }

  /** Returns when the stream that begins there is at this moment, and the engine in a decode. */
  private EngineStream at(Moment moment, GenerationRequest request) {
    if (moment == Moment.QUEUED) {
      engine.stream(cycleRequest(0, 1, 1).build());
      decoder.holdAt(1);
    }
    EngineStream stream = engine.stream(request);
    switch (moment) {
      case QUEUED -> {}
      case PREFILL -> decoder.holdAt(2);
      // the prompt's last decode brings the first token
      case DECODING -> decoder.holdAt(7);
      case PARKED -> {
        decoder.open();
        Engines.await(() -> engine.snapshot().parked() == 1);
      }
    }
    return stream;
  }

  static Stream<Arguments> everyWayAtEveryMoment() {
    return Arrays.stream(Way.values())
        .flatMap(way -> Arrays.stream(Moment.values()).map(moment -> Arguments.of(way, moment)));
  }

  @ParameterizedTest
  @MethodSource("everyWayAtEveryMoment")
  void streamEndsAndTheEngineGoesOn(Way way, Moment moment) throws InterruptedException {
    Duration timeout = way == Way.TIMEOUT ? Duration.ofSeconds(1) : Duration.ZERO;
    EngineStream stream = at(moment, endless().timeout(timeout).build());
    Thread closer =
        Thread.ofPlatform()
            .start(
                switch (way) {
                  case CANCEL -> stream::cancel;
                  case TIMEOUT ->
                      () -> Engines.await(() -> stream.stats().elapsed().compareTo(timeout) > 0);
                  case ENGINE_CLOSE -> engine::close;
                  case MODEL_CLOSE -> model::close;
                });
    switch (way) {
      case CANCEL, TIMEOUT -> closer.join();
      // until it waits for the decode to end, or is through
      case ENGINE_CLOSE, MODEL_CLOSE ->
          Engines.await(() -> closer.getState().compareTo(Thread.State.WAITING) >= 0);
    }
    int decodes = decoder.begun();
    decoder.open();
    closer.join();

    List<Token> tokens = tokens(stream);
    int expected = moment.tokens;
    assertThat(tokens).hasSize(expected + 1);
    assertThat(tokens.getLast())
        .isEqualTo(Token.of(Token.NONE, "", 4 * BATCH + expected, Float.NaN, List.of(), true));
    assertThat(tokens.stream().map(Token::text).collect(Collectors.joining()))
        .isEqualTo(cycle(FIRST, expected));
    assertThat(stream.finishReason())
        .contains(way == Way.TIMEOUT ? FinishReason.TIMEOUT : FinishReason.CANCELLED);
    awaitIdle(engine);
    assertThat(decoder.begun()).as("no decode after the end").isEqualTo(decodes);
    if (way.engineLives()) {
      assertWorks(engine);
    } else {
      assertThatIllegalStateException().isThrownBy(() -> engine.generateStream("x"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void interruptOfTheConsumerCancels(Moment moment) throws Exception {
    EngineStream stream = at(moment, endless().build());
    FutureTask<Boolean> consumer =
        new FutureTask<>(
            () -> {
              if (moment == Moment.PARKED) {
                Thread.currentThread().interrupt();
              }
              assertThat(stream.stream().collect(Collectors.joining()))
                  .isEqualTo(cycle(FIRST, moment.tokens));
              return Thread.interrupted();
            });
    Thread thread = Thread.ofVirtual().start(consumer);
    if (moment != Moment.PARKED) {
      Engines.await(() -> stream.buffered() == 0 && thread.getState() == Thread.State.WAITING);
      thread.interrupt();
    }
    assertThat(consumer.get()).as("interrupted").isTrue();
    decoder.open();
    assertThat(stream.hasNext()).isFalse();
    assertThat(stream.finishReason()).contains(FinishReason.CANCELLED);
    assertWorks(engine);
  }

  @ParameterizedTest
  @EnumSource
  void abandonedStreamIsCancelled(Moment moment) {
    abandon(moment);
    decoder.open();
    if (moment == Moment.QUEUED) {
      Engines.await(() -> ended.size() == 1);
      ended.clear();
    }
    Engines.await(
        () -> {
          System.gc();
          return !ended.isEmpty();
        });
    assertThat(ended)
        .extracting(StreamStats::finishReason)
        .containsExactly(Optional.of(FinishReason.CANCELLED));
    awaitIdle(engine);
    assertWorks(engine);
  }

  private void abandon(Moment moment) {
    EngineStream stream = at(moment, endless().build());
    assertThat(stream.finishReason()).isEmpty();
  }

  @Test
  void secondThreadThatPullsIsRefused() throws Exception {
    EngineStream stream = at(Moment.QUEUED, endless().build());
    FutureTask<String> first = new FutureTask<>(stream::next);
    Thread thread = Thread.ofPlatform().start(first);
    Engines.await(() -> thread.getState() == Thread.State.WAITING);
    assertThatIllegalStateException()
        .isThrownBy(stream::hasNext)
        .withMessage("another thread is pulling from this stream");
    assertThatIllegalStateException().isThrownBy(stream.tokens()::next);
    decoder.open();
    assertThat(first.get()).isEqualTo(cycle(FIRST, 1));
    assertThat(stream.next()).isEqualTo(cycle(FIRST + 1, 1));
  }

  @Test
  void maxTokens() {
    decoder.open();
    for (int max = 1; max <= 12; max++) {
      TokenStream stream = engine.generateStream(cycleRequest(FIRST, 3, max).build());
      assertThat(tokens(stream)).hasSize(max).extracting(Token::id).doesNotContain(Token.NONE);
      assertThat(stream.finishReason()).contains(FinishReason.MAX_TOKENS);
    }
  }

  @Test
  void endOfText() {
    try (Model script = Model.load(ScriptedModel.of("ab", "cd").path());
        Engine own = Engine.open(script, Engines.params().build())) {
      TokenStream stream = own.generateStream(greedy("x").maxTokens(3).build());
      assertThat(tokens(stream)).extracting(Token::text).containsExactly("ab", "cd", "");
      assertThat(stream.finishReason()).contains(FinishReason.END_OF_TEXT);
    }
  }

  @Test
  void contextFull() {
    decoder.open();
    try (Engine small =
            Engine.open(
                model,
                Engines.params().context(Engines.context().contextSize(256).build()).build());
        Engine limited = Engine.open(model, Engines.params().maxTokensPerStream(20).build())) {
      for (int length : new int[] {1, 255, 256}) {
        assertFull(small, length, 256);
      }
      for (int length : new int[] {1, 19, 20}) {
        assertFull(limited, length, 20);
      }
    }
  }

  /** The last token needs no cell: it is not computed. */
  private static void assertFull(Engine own, int promptLength, int room) {
    TokenStream stream =
        own.generateStream(cycleRequest(FIRST, promptLength, Integer.MAX_VALUE).build());
    List<Token> tokens = tokens(stream);
    assertThat(tokens).hasSize(room - promptLength + 1);
    assertThat(tokens.getLast().position()).isEqualTo(room);
    assertThat(tokens.getLast().id()).isNotEqualTo(Token.NONE);
    assertThat(stream.finishReason()).contains(FinishReason.CONTEXT_FULL);
  }

  @Test
  void timeoutWithoutTime() {
    decoder.open();
    TokenStream stream = engine.generateStream(endless().timeout(Duration.ofNanos(1)).build());
    assertThat(tokens(stream)).hasSize(1);
    assertThat(stream.finishReason()).contains(FinishReason.TIMEOUT);
    assertThat(decoder.begun()).isZero();
  }

  @Test
  void noBeginningOfAStopSequenceComesWithACancel() {
    EngineStream stream = engine.stream(endless().stopSequences("2><13>x").build());
    decoder.holdAt(6); // "<12>" has been sampled
    stream.cancel();
    assertThat(tokens(stream)).extracting(Token::text).containsExactly("<11>", "<1", "");
    assertThat(stream.stats().characters()).isEqualTo(6);
  }

  @Test
  void cancelAfterTheEndChangesNothing() {
    decoder.open();
    TokenStream stream = engine.generateStream(cycleRequest(FIRST, 3, 4).build());
    Engines.await(() -> stream.finishReason().isPresent());
    stream.cancel();
    stream.close();
    awaitIdle(engine);
    assertThat(tokens(stream)).hasSize(4);
    assertThat(stream.finishReason()).contains(FinishReason.MAX_TOKENS);
    Engines.await(() -> !ended.isEmpty());
    assertThat(ended).hasSize(1);
  }

  /** A prompt of nothing but begin tokens, for its length alone. */
  @Test
  void promptsOfAllLengths() {
    decoder.open();
    for (int length = 1; length <= 3 * BATCH + 1; length++) {
      int[] prompt = IntStream.generate(() -> ByteVocabulary.BEGIN).limit(length).toArray();
      TokenStream stream = engine.generateStream(greedy(prompt).maxTokens(3).build());
      assertThat(String.join("", stream)).as("%d tokens", length).isEqualTo(cycle(0, 3));
    }
  }
}
