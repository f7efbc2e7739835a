package dev.llamastream.engine;

import dev.llamastream.internal.ffm.Probe;

import static dev.llamastream.engine.Engines.assertWorks;
import static dev.llamastream.engine.Engines.await;
import static dev.llamastream.engine.Engines.awaitIdle;
import static dev.llamastream.engine.Engines.cycle;
import static dev.llamastream.engine.Engines.cycleRequest;
import static dev.llamastream.engine.Engines.params;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.ContextCreationException;
import dev.llamastream.FinishReason;
import dev.llamastream.GenerationException;
import dev.llamastream.Model;
import dev.llamastream.NativeAssertionException;
import dev.llamastream.StreamStats;
import dev.llamastream.engine.CertainRequests.Certain;
import dev.llamastream.fixture.Prompts;
import dev.llamastream.internal.ffm.Batch;
import dev.llamastream.internal.ffm.ContextConfig;
import dev.llamastream.internal.ffm.ContextHandle;
import dev.llamastream.internal.ffm.ModelHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Decodes that fail. */
@Timeout(600)
class EngineFailureTest {

  /** How a decode fails. */
  enum Kind implements Decoder {
    /** An error that leaves the context usable. */
    ERROR(GenerationException.class, "out of order") {
      @Override
      public boolean decode(ContextHandle context, Batch batch) {
        throw new GenerationException("out of order");
      }
    },
    /** The same, but the tokens are in the KV cache. */
    LATE_ERROR(GenerationException.class, "out of order") {
      @Override
      public boolean decode(ContextHandle context, Batch batch) {
        assertThat(context.decode(batch)).isTrue();
        throw new GenerationException("out of order");
      }
    },
    /** A real assertion of libllama, after which the context can only be closed. */
    ASSERTION(NativeAssertionException.class, "n_tokens_all <= cparams.n_batch") {
      @Override
      public boolean decode(ContextHandle context, Batch batch) {
        return Probe.decodeTooMany(context);
      }
    };

    private final Class<? extends GenerationException> type;
    private final String message;

    Kind(Class<? extends GenerationException> type, String message) {
      this.type = type;
      this.message = message;
    }

    /** It fails after these tokens. */
    private void assertFailed(EngineStream stream, String text) {
      StringBuilder before = new StringBuilder();
      assertThatThrownBy(() -> stream.forEachRemaining(before::append))
          .isInstanceOf(type)
          .hasMessageContaining(message);
      assertThat(before).hasToString(text);
      assertThat(stream.finishReason()).contains(FinishReason.FAILED);
      assertThat(stream.hasNext()).isFalse();
      assertThat(stream.tokens().hasNext()).isFalse();
    }
  }

  /** What a decode does, until it is set to something else for once. */
  private static final class Failing implements Decoder {
    private volatile Decoder next = ContextHandle::decode;

    @Override
    public boolean decode(ContextHandle context, Batch batch) {
      Decoder decoder = next;
      next = ContextHandle::decode;
      return decoder.decode(context, batch);
    }
  }

  private static Model model;

  private final Queue<StreamStats> ended = new ConcurrentLinkedQueue<>();
  private final Failing failing = new Failing();
  private final HeldDecoder decoder = new HeldDecoder(failing);

  @BeforeAll
  static void load() {
    model = Model.load(Engines.CYCLE.path());
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private Engine open(Model of, int slots) {
    EngineListener listener =
        new EngineListener() {
          @Override
          public void onEnd(StreamStats stats) {
            ended.add(stats);
          }
        };
    EngineParams params = params().slots(slots).streamBuffer(9).listener(listener).build();
    return Engine.open(of, params, decoder);
  }

  private static EngineStream stream(Engine engine, int from) {
    return engine.stream(cycleRequest(from, 5, 100).build());
  }

  /** The engine is in a decode of the first, which has one token already, and the second. */
  private List<EngineStream> decoding(Engine engine) {
    decoder.holdNext();
    int before = decoder.begun();
    EngineStream first = stream(engine, 1);
    decoder.holdAt(before + 1);
    EngineStream second = stream(engine, 2);
    decoder.holdAt(before + 2);
    return List.of(first, second);
  }

  private static EngineStream parked(Engine engine, int from) {
    EngineStream stream = stream(engine, from);
    await(() -> engine.snapshot().parked() == 1);
    return stream;
  }

  @ParameterizedTest
  @EnumSource
  void streamsOfTheBatchFailAndNoOthers(Kind kind) {
    try (Engine engine = open(model, 2)) {
      decoder.open();
      EngineStream parked = parked(engine, 40);
      List<EngineStream> batch = decoding(engine);
      EngineStream waiting = stream(engine, 3);
      failing.next = kind;
      decoder.open();
      kind.assertFailed(batch.getFirst(), cycle(1, 1));
      kind.assertFailed(batch.getLast(), "");
      assertThat(String.join("", waiting)).isEqualTo(cycle(3, 100));
      assertThat(String.join("", parked)).isEqualTo(cycle(40, 100));
      assertWorks(engine);
      await(() -> ended.size() == 5);
      assertThat(ended)
          .extracting(StreamStats::finishReason)
          .startsWith(Optional.of(FinishReason.FAILED), Optional.of(FinishReason.FAILED));
    } finally {
      decoder.open();
    }
  }

  /** Every few decodes one fails; each stream says what it should, or fails. */
  @ParameterizedTest
  @EnumSource
  void failuresAgainAndAgain(Kind kind) {
    List<Certain> requests;
    try (Model tiny = CertainRequests.model()) {
      requests = CertainRequests.make(tiny, 40, 60, 40, 3);
      int[] decodes = {0};
      Decoder every =
          (context, batch) ->
              (++decodes[0] % 13 == 0 ? kind : (Decoder) ContextHandle::decode)
                  .decode(context, batch);
      EngineParams params =
          params()
              .slots(3)
              .streamBuffer(3)
              .context(Engines.context().contextSize(512).build())
              .build();
      try (Engine engine = Engine.open(tiny, params, every)) {
        List<EngineStream> streams =
            requests.stream().map(next -> engine.stream(next.request())).toList();
        int failures = 0;
        for (int i = 0; i < streams.size(); i++) {
          StringBuilder text = new StringBuilder();
          try {
            streams.get(i).forEachRemaining(text::append);
            assertThat(text).hasToString(requests.get(i).text());
          } catch (GenerationException e) {
            failures++;
            assertThat(e).hasMessageContaining(kind.message);
            assertThat(requests.get(i).text()).startsWith(text);
          }
        }
        assertThat(failures).isBetween(5, 39);
        awaitIdle(engine);
      }
    }
  }

  /** Anything but a failure of the generation is a bug: nobody knows what state all is in. */
  @ParameterizedTest
  @EnumSource
  void anythingElseEndsTheEngine(Unexpected unexpected) {
    long threads = Engines.threads();
    try (Engine engine = open(model, 2)) {
      decoder.open();
      EngineStream parked = parked(engine, 40);
      List<EngineStream> streams = new ArrayList<>(decoding(engine));
      streams.add(stream(engine, 3));
      failing.next = unexpected;
      decoder.open();
      streams.add(parked);
      for (EngineStream stream : streams) {
        assertThatThrownBy(() -> String.join("", stream))
            .isInstanceOf(GenerationException.class)
            .hasMessageStartingWith("the engine failed: ")
            .hasMessageContaining("unexpected");
        assertThat(stream.finishReason()).contains(FinishReason.FAILED);
      }
      assertThatIllegalStateException()
          .isThrownBy(() -> engine.generateStream("x"))
          .withMessage("the engine is closed");
      assertThat(engine.isClosed()).isTrue();
      await(() -> ended.size() == 4);
      await(() -> Engines.threads() == threads);
    }
    assertThat(ended)
        .extracting(StreamStats::finishReason)
        .containsOnly(Optional.of(FinishReason.FAILED));
  }

  /** What no decode should throw. */
  enum Unexpected implements Decoder {
    EXCEPTION {
      @Override
      public boolean decode(ContextHandle context, Batch batch) {
        throw new UnsupportedOperationException("unexpected");
      }
    },
    ERROR {
      @Override
      public boolean decode(ContextHandle context, Batch batch) {
        throw new LinkageError("unexpected");
      }
    }
  }

  /** Fails for good: what it was decoding, and then to open another context. */
  private record Broken(Decoder decoder, AtomicBoolean opened) implements Decoder {
    @Override
    public ContextHandle open(ModelHandle of, ContextConfig config) {
      if (opened.getAndSet(true)) {
        throw new ContextCreationException("no memory left");
      }
      return Decoder.super.open(of, config);
    }

    @Override
    public boolean decode(ContextHandle context, Batch batch) {
      return decoder.decode(context, batch);
    }
  }

  @Test
  void contextThatCannotBeReplacedEndsTheEngine() {
    long threads = Engines.threads();
    try (Engine engine =
        Engine.open(
            model,
            params().slots(2).streamBuffer(9).build(),
            new Broken(decoder, new AtomicBoolean()))) {
      decoder.open();
      EngineStream parked = parked(engine, 40);
      List<EngineStream> batch = decoding(engine);
      EngineStream waiting = stream(engine, 3);
      failing.next = Kind.ASSERTION;
      decoder.open();
      batch.forEach(
          stream ->
              assertThatThrownBy(() -> String.join("", stream))
                  .isInstanceOf(NativeAssertionException.class));
      for (EngineStream stream : List.of(parked, waiting)) {
        assertThatThrownBy(() -> String.join("", stream))
            .isInstanceOf(GenerationException.class)
            .hasMessage("the engine could not begin again: no memory left");
        assertThat(stream.finishReason()).contains(FinishReason.FAILED);
      }
      assertThatIllegalStateException()
          .isThrownBy(() -> engine.generateStream("x"))
          .withMessage("the engine is closed");
      assertThat(engine.isClosed()).isTrue();
      await(() -> Engines.threads() == threads);
    }
  }

  /** A context fails that cannot be replaced, because its model was closed meanwhile. */
  @Test
  void closeOfTheModelWhileAContextFails() {
    try (Model own = Model.load(Engines.CYCLE.path());
        Engine engine = open(own, 2)) {
      decoder.open();
      EngineStream parked = parked(engine, 40);
      List<EngineStream> batch = decoding(engine);
      EngineStream waiting = stream(engine, 3);
      Runnable closeModel = own::close;
      failing.next =
          (context, tokens) -> {
            closeModel.run();
            return Kind.ASSERTION.decode(context, tokens);
          };
      decoder.open();
      batch.forEach(stream -> assertThatThrownBy(() -> String.join("", stream)));
      assertThat(String.join("", waiting)).isEmpty();
      assertThat(waiting.finishReason()).contains(FinishReason.CANCELLED);
      assertThat(String.join("", parked)).isEqualTo(cycle(40, 8));
      assertThat(parked.finishReason()).contains(FinishReason.CANCELLED);
      await(() -> ended.size() == 4);
      assertThat(engine.isClosed()).isTrue();
    }
  }
}
