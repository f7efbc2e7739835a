package dev.llamastream.engine;

import static dev.llamastream.TestStreams.greedy;
import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.ContextParams;
import dev.llamastream.GenerationRequest;
import dev.llamastream.SamplerParams;
import dev.llamastream.chat.ChatMessage;
import dev.llamastream.chat.ChatRequest;
import dev.llamastream.fixture.ByteVocabulary;
import dev.llamastream.fixture.ScriptedModel;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What tests of the engine say again and again. */
final class Engines {

  /** How many pieces {@link #CYCLE} has. */
  static final int PIECES = 60;

  /** Goes round for ever, from the piece on that the prompt ends with. */
  static final ScriptedModel CYCLE =
      ScriptedModel.of(IntStream.range(0, PIECES).mapToObj(Engines::piece).toArray(String[]::new))
          .repeat();

  private Engines() {}

  /** On one thread: others may be at work on the machine. */
  static EngineParams.Builder params() {
    return EngineParams.builder().context(context().build());
  }

  /** The context of these. */
  static ContextParams.Builder context() {
    return ContextParams.builder().contextSize(4096).threads(1).batchThreads(1);
  }

  /** The piece in this place of {@link #CYCLE}, for ever. */
  static String piece(int index) {
    return String.format(Locale.ROOT, "<%02d>", index % PIECES);
  }

  /** So many pieces from this one on. */
  static String cycle(int from, int count) {
    return IntStream.range(from, from + count)
        .mapToObj(Engines::piece)
        .collect(Collectors.joining());
  }

  /** A request for which {@link #CYCLE} says {@code cycle(from, maxTokens)}. */
  static GenerationRequest.Builder cycleRequest(int from, int promptTokens, int maxTokens) {
    int[] prompt = new int[promptTokens];
    Arrays.fill(prompt, ByteVocabulary.BEGIN);
    prompt[promptTokens - 1] = CYCLE.token((from + PIECES - 1) % PIECES);
    return greedy(prompt).maxTokens(maxTokens);
  }

  /** A chat to which {@link #CYCLE} answers {@code cycle(0, maxTokens)}. */
  static ChatRequest.Builder cycleChat(int maxTokens) {
    return ChatRequest.builder(ChatMessage.user("x"))
        .template("{{ messages[0].content }}")
        .sampler(SamplerParams.greedy())
        .maxTokens(maxTokens);
  }

  /** Returns when it is so; the test's own timeout is the limit. */
  static void await(BooleanSupplier condition) {
    try {
      while (!condition.getAsBoolean()) {
        Thread.sleep(1);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns when no stream is left. */
  static void awaitIdle(Engine engine) {
    await(() -> streams(engine) == 0);
  }

  /** How many streams there are. */
  static int streams(Engine engine) {
    EngineSnapshot snapshot = engine.snapshot();
    return snapshot.running() + snapshot.waiting() + snapshot.parked();
  }

  /** It does what engines are for. */
  static void assertWorks(Engine engine) {
    assertThat(engine.generateStream(cycleRequest(7, 5, 20).build()).stream())
        .hasSize(20)
        .startsWith(piece(7))
        .endsWith(piece(26));
  }

  /** The threads of all engines of this JVM. */
  static long threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("llamastream-engine"))
        .count();
  }
}
