package dev.llamastream.engine;

import static dev.llamastream.TestStreams.greedy;
import static dev.llamastream.TestStreams.tokens;
import static dev.llamastream.TestStreams.wild;
import static dev.llamastream.engine.Engines.CYCLE;
import static dev.llamastream.engine.Engines.cycle;
import static dev.llamastream.engine.Engines.cycleRequest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.llamastream.ContextParams;
import dev.llamastream.FinishReason;
import dev.llamastream.InvalidValueException;
import dev.llamastream.Model;
import dev.llamastream.ModelParams;
import dev.llamastream.Speculation;
import dev.llamastream.Token;
import dev.llamastream.fixture.TinyModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Streams with and without speculation in one batch: each text is what it is alone. */
class EngineSpeculationTest {

  private static Model model;
  private static Model smaller;

  @BeforeAll
  static void load() {
    model = Model.load(CYCLE.withLayers(24).path());
    smaller = Model.load(CYCLE.path());
  }

  @AfterAll
  static void close() {
    model.close();
    smaller.close();
  }

  /** With shared cells, and with a part for each slot. */
  static Stream<EngineParams> layouts() {
    return Stream.of(
        Engines.params().slots(4).build(),
        Engines.params().slots(4).maxTokensPerStream(1024).build());
  }

  private static List<Speculation> kinds() {
    return List.of(Speculation.promptLookup(), Speculation.none(), Speculation.draftModel(smaller));
  }

  private static List<List<Token>> generate(Engine engine, List<Speculation> speculations) {
    List<PollableStream> streams = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      Speculation speculation = speculations.get(i % speculations.size());
      streams.add(
          engine.streamWithStats(
              cycleRequest(i, 5, 150).sampler(wild(i).build()).speculation(speculation).build()));
    }
    List<List<Token>> texts = new ArrayList<>();
    streams.forEach(stream -> texts.add(tokens(stream)));
    if (speculations.size() > 1) {
      int drafted = streams.stream().mapToInt(stream -> stream.stats().draftedTokens()).sum();
      int accepted = streams.stream().mapToInt(stream -> stream.stats().acceptedTokens()).sum();
      assertThat(drafted).isGreaterThan(accepted);
      assertThat(accepted).isGreaterThan(50);
    }
    return texts;
  }

  @ParameterizedTest
  @MethodSource("layouts")
  void textsAreUnchanged(EngineParams params) {
    try (Engine engine = Engine.open(model, params)) {
      List<List<Token>> alone = generate(engine, List.of(Speculation.none()));
      assertThat(generate(engine, kinds())).isEqualTo(alone);
    }
  }

  @ParameterizedTest
  @MethodSource("layouts")
  void fewerStepsForTheSameTokens(EngineParams params) {
    for (Speculation speculation : List.of(kinds().getFirst(), kinds().getLast())) {
      try (Engine engine = Engine.open(model, params)) {
        PollableStream stream =
            engine.streamWithStats(cycleRequest(3, 5, 300).speculation(speculation).build());
        assertThat(stream.stream()).hasSize(300).startsWith(Engines.piece(3));
        assertThat(stream.stats().acceptedTokens())
            .isEqualTo(stream.stats().draftedTokens())
            .isGreaterThan(150);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("layouts")
  void aSlowConsumerLosesNothing(EngineParams params) {
    EngineParams narrow = params.toBuilder().streamBuffer(2).build();
    for (Speculation speculation : kinds()) {
      try (Engine engine = Engine.open(model, narrow)) {
        PollableStream slow =
            engine.streamWithStats(cycleRequest(0, 5, 200).speculation(speculation).build());
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 10; i++) {
          Engines.await(() -> engine.snapshot().parked() == 1);
          text.append(slow.next()).append(slow.next());
        }
        slow.forEachRemaining(text::append);
        assertThat(text.toString()).isEqualTo(cycle(0, 200));
      }
    }
  }

  /** Many more tokens than cells: proposals give way, streams are paused and continue. */
  @Test
  void worksWhereCellsRunShort() {
    EngineParams params =
        Engines.params().slots(4).context(Engines.context().contextSize(512).build()).build();
    try (Engine engine = Engine.open(model, params)) {
      List<PollableStream> streams = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        streams.add(
            engine.streamWithStats(
                cycleRequest(i, 5, 250).speculation(kinds().get(i % 3)).build()));
      }
      for (int i = 0; i < 8; i++) {
        assertThat(String.join("", streams.get(i).stream().toList())).isEqualTo(cycle(i, 250));
      }
    }
  }

  @Test
  void streamsEndAtAnyMoment() {
    try (Engine engine = Engine.open(model, Engines.params().slots(4).build())) {
      for (int round = 0; round < 20; round++) {
        List<PollableStream> streams = new ArrayList<>();
        for (Speculation speculation : kinds()) {
          streams.add(
              engine.streamWithStats(
                  cycleRequest(round, 5, 100_000)
                      .timeout(Duration.ofMillis(5 + round))
                      .speculation(speculation)
                      .build()));
        }
        streams.get(round % 3).cancel();
        streams.forEach(stream -> stream.forEachRemaining(_ -> {}));
        assertThat(streams)
            .allSatisfy(
                stream ->
                    assertThat(stream.finishReason().orElseThrow())
                        .isIn(FinishReason.CANCELLED, FinishReason.TIMEOUT));
      }
      Engines.awaitIdle(engine);
      Engines.assertWorks(engine);
    }
  }

  @Test
  void aClosedDraftModelDoesNotStopTheStream() {
    Model draft = Model.load(CYCLE.path());
    try (Engine engine = Engine.open(model, Engines.params().streamBuffer(8).build())) {
      PollableStream stream =
          engine.streamWithStats(
              cycleRequest(0, 5, 200).speculation(Speculation.draftModel(draft)).build());
      stream.next();
      draft.close();
      assertThat(stream.stream()).hasSize(199);
      Engines.assertWorks(engine);
    }
  }

  @Test
  void reproducibleModeRefusesIt() {
    ContextParams context = Engines.context().contextSize(512).reproducible(true).build();
    try (Model plain =
            Model.load(
                TinyModel.defaultPath(), ModelParams.builder().repackWeights(false).build());
        Engine engine =
            Engine.open(plain, EngineParams.builder().slots(1).context(context).build())) {
      assertThatExceptionOfType(InvalidValueException.class)
          .isThrownBy(
              () ->
                  engine.generateStream(
                      greedy("hello").speculation(Speculation.promptLookup()).build()))
          .withMessageStartingWith("speculation: ");
      assertThat(engine.generateStream(greedy("hello").maxTokens(3).build()).stream()).isNotEmpty();
    }
  }
}
