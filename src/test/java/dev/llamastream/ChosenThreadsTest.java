package dev.llamastream;

import static dev.llamastream.TestStreams.greedy;
import static dev.llamastream.TestStreams.tokens;
import static dev.llamastream.fixture.FlightRecorder.named;
import static dev.llamastream.fixture.FlightRecorder.record;
import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.engine.Engine;
import dev.llamastream.engine.EngineParams;
import dev.llamastream.engine.PollableStream;
import dev.llamastream.fixture.TinyModel;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How many threads compute, as users see it. */
class ChosenThreadsTest {

  private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

  private static Model model;

  @BeforeAll
  static void load() {
    model = Model.load(TinyModel.defaultPath(), ModelParams.builder().repackWeights(false).build());
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private static ContextParams.Builder params(int threads) {
    return ContextParams.builder().contextSize(512).threads(threads).batchThreads(threads);
  }

  private static void assertUsed(int wanted, int used) {
    if (wanted == 0) {
      assertThat(used).isBetween(1, PROCESSORS);
    } else {
      assertThat(used).isEqualTo(wanted);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void aContextTells(int threads) {
    try (Context context = new Context(model, params(threads).build());
        MeteredStream stream = context.streamWithStats(greedy("hello").maxTokens(50).build())) {
      assertThat(stream.stats().threads()).isZero();
      assertThat(named(record(() -> stream.forEachRemaining(_ -> {})), "Decode"))
          .hasSizeGreaterThan(10)
          .allSatisfy(event -> assertUsed(threads, event.getInt("threads")));
      assertUsed(threads, stream.stats().threads());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void anEngineTells(int threads) {
    try (Engine engine =
        Engine.open(model, EngineParams.builder().context(params(threads).build()).build())) {
      assertThat(engine.snapshot().threads()).isZero();
      PollableStream stream = engine.streamWithStats(greedy("hello").maxTokens(50).build());
      stream.forEachRemaining(_ -> {});
      assertUsed(threads, engine.snapshot().threads());
      assertUsed(threads, stream.stats().threads());
    }
  }

  /** Numbers change while the library looks for the best, and the bits do not. */
  @Test
  void reproducibleModeDoesNotDependOnTheChoice() {
    GenerationRequest request =
        greedy("hello").maxTokens(200).logprobs(true).topLogprobs(3).build();
    assertThat(reproducible(0, request)).isEqualTo(reproducible(1, request));
  }

  private static List<Token> reproducible(int threads, GenerationRequest request) {
    try (Context context = new Context(model, params(threads).reproducible(true).build())) {
      return tokens(context.streamWithStats(request));
    }
  }
}
