package dev.llamastream;

import static dev.llamastream.TestStreams.decoded;
import static dev.llamastream.TestStreams.greedy;
import static dev.llamastream.TestStreams.open;
import static dev.llamastream.TestStreams.openEndless;
import static dev.llamastream.TestStreams.pieces;
import static dev.llamastream.TestStreams.tokens;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.TestStreams.Puller;
import dev.llamastream.fixture.ByteVocabulary;
import dev.llamastream.fixture.ScriptedModel;
import dev.llamastream.fixture.TinyModel;
import dev.llamastream.internal.ffm.ContextHandle;
import dev.llamastream.internal.ffm.Probe;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Why and how a stream ends. */
@Timeout(600)
class StreamEndTest {
  private static final ScriptedModel SCRIPT =
      ScriptedModel.of("Hello", " ", "wörld", "!", " 👋", "");

  private static final TinyModel SLOW = TinyModel.defaults().withLayers(30);

  private static Model scripted;
  private static Model endless;

  private Context context;

  @BeforeAll
  static void loadModels() {
    scripted = Model.load(SCRIPT.path());
    endless = Model.load(ScriptedModel.of("ab", "cd", "ef").repeat().path());
  }

  @AfterAll
  static void closeModels() {
    scripted.close();
    endless.close();
  }

  @BeforeEach
  void openContext() {
    context = open(scripted, 8192);
  }

  @AfterEach
  void closeContext() {
    context.close();
  }

  @Test
  void textEnds() {
    TokenStream stream = context.generateStream(greedy("x").build());
    assertThat(stream.finishReason()).isEmpty();
    assertThat(pieces(stream)).containsExactly("Hello", " ", "wörld", "!", " 👋");
    assertThat(stream.finishReason()).contains(FinishReason.END_OF_TEXT);
  }

  @Test
  void maxTokensAreGenerated() {
    for (int max = 1; max <= 6; max++) {
      TokenStream stream = context.generateStream(greedy("x").maxTokens(max).build());
      assertThat(tokens(stream)).hasSize(max);
      assertThat(stream.finishReason()).contains(FinishReason.MAX_TOKENS);
    }
    // the token that ends the text may be the last one allowed
    TokenStream stream = context.generateStream(greedy("x").maxTokens(7).build());
    assertThat(tokens(stream)).hasSize(7);
    assertThat(stream.finishReason()).contains(FinishReason.END_OF_TEXT);
  }

  @Test
  void contextIsFilledToTheLastCell() {
    try (Context small = open(endless, 256)) {
      assertThat(small.contextSize()).isEqualTo(256);
      for (int length : new int[] {1, 255, 256}) {
        int[] ids = IntStream.range(0, length).map(i -> ByteVocabulary.BEGIN).toArray();
        TokenStream stream = small.generateStream(greedy(ids).maxTokens(1_000).build());
        assertThat(tokens(stream)).hasSize(256 - length + 1);
        assertThat(stream.finishReason()).contains(FinishReason.CONTEXT_FULL);
        stream = small.generateStream(greedy(ids).maxTokens(256 - length + 1).build());
        assertThat(tokens(stream)).hasSize(256 - length + 1);
        assertThat(stream.finishReason()).contains(FinishReason.MAX_TOKENS);
      }
    }
  }

  /** Every way in which a stream ends that no token ends. */
  private enum Ending {
    CANCEL(FinishReason.CANCELLED) {
      @Override
      void apply(Model model, Context context, TokenStream stream) {
        stream.cancel();
      }
    },
    CLOSE(FinishReason.CANCELLED) {
      @Override
      void apply(Model model, Context context, TokenStream stream) {
        stream.close();
      }
    },
    INTERRUPT(FinishReason.CANCELLED) {
      @Override
      void apply(Model model, Context context, TokenStream stream) {
        Thread.currentThread().interrupt();
      }
    },
    CLOSE_CONTEXT(FinishReason.CANCELLED) {
      @Override
      void apply(Model model, Context context, TokenStream stream) {
        context.close();
      }
    },
    CLOSE_MODEL(FinishReason.CANCELLED) {
      @Override
      void apply(Model model, Context context, TokenStream stream) {
        model.close();
      }
    },
    NEW_STREAM(FinishReason.SUPERSEDED) {
      @Override
      void apply(Model model, Context context, TokenStream stream) {
        context.generateStream("y");
      }
    },
    CLEAR_CACHE(FinishReason.SUPERSEDED) {
      @Override
      void apply(Model model, Context context, TokenStream stream) {
        context.clearCache();
      }
    };

    private final FinishReason reason;

    Ending(FinishReason reason) {
      this.reason = reason;
    }

    abstract void apply(Model model, Context context, TokenStream stream);
  }

  @ParameterizedTest
  @EnumSource
  void endFromOutsideIsOneLastTokenWithAReason(Ending ending) {
    for (int pulled = 0; pulled < 3; pulled++) {
      try (Model model = Model.load(SCRIPT.path());
          Context own = open(model, 8192)) {
        TokenStream stream = own.generateStream(greedy("x").build());
        Iterator<Token> tokens = stream.tokens();
        for (int i = 0; i < pulled; i++) {
          assertThat(tokens.next().last()).isFalse();
        }
        ending.apply(model, own, stream);
        int before = decodedIfOpen(own);
        assertThat(tokens.next())
            .isEqualTo(Token.of(Token.NONE, "", 2 + pulled, Float.NaN, List.of(), true));
        Thread.interrupted();
        assertThat(tokens.hasNext()).isFalse();
        assertThat(stream.hasNext()).isFalse();
        assertThat(stream.finishReason()).contains(ending.reason);
        assertThat(decodedIfOpen(own)).as("nothing is decoded after the end").isEqualTo(before);
      }
    }
  }

  private static int decodedIfOpen(Context context) {
    return context.handle().isClosed() ? 0 : decoded(context);
  }

  @ParameterizedTest
  @EnumSource
  void noBeginningOfAStopSequenceComesWithAnEndFromOutside(Ending ending) {
    try (Model model = Model.load(SCRIPT.path());
        Context own = open(model, 8192)) {
      TokenStream stream = own.generateStream(greedy("x").stopSequences(" there").build());
      assertThat(stream.next()).isEqualTo("Hello");
      stream.tokens().next(); // " ", which may begin the stop sequence
      ending.apply(model, own, stream);
      assertThat(pieces(stream)).isEmpty();
      Thread.interrupted();
      assertThat(stream.finishReason()).contains(ending.reason);
    }
  }

  @Test
  void interruptLeavesTheThreadInterrupted() {
    TokenStream stream = context.generateStream(greedy("x").build());
    Thread.currentThread().interrupt();
    assertThat(stream.hasNext()).isFalse();
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void cancelHasNoEffectAfterTheEnd() {
    TokenStream stream = context.generateStream(greedy("x").maxTokens(2).build());
    assertThat(tokens(stream)).hasSize(2);
    stream.cancel();
    stream.close();
    assertThat(stream.finishReason()).contains(FinishReason.MAX_TOKENS);
  }

  @Test
  void timeoutBeginsWithTheFirstPull() throws InterruptedException {
    GenerationRequest request = greedy("x").timeout(Duration.ofNanos(1)).build();
    TokenStream none = context.generateStream(request);
    assertThat(none.finishReason()).isEmpty();
    assertThat(tokens(none).getLast().id()).isEqualTo(Token.NONE);
    assertThat(none.finishReason()).contains(FinishReason.TIMEOUT);
    assertThat(decoded(context)).isZero();

    try (Context other = openEndless(endless, 256)) {
      TokenStream slow =
          other.generateStream(
              greedy("x").maxTokens(Integer.MAX_VALUE).timeout(Duration.ofMillis(300)).build());
      while (slow.hasNext()) {
        slow.next();
        Thread.sleep(10);
      }
      assertThat(slow.finishReason()).contains(FinishReason.TIMEOUT);
    }
  }

  @Test
  void timeoutStopsARunningPrefill() {
    try (Model slow = Model.load(SLOW.path());
        Context own = openEndless(slow, 8192)) {
      // token ids: tokenizing alone may take longer on a busy machine
      int[] prompt = slow.tokenizer().encode("y".repeat(4_000));
      TokenStream stream =
          own.generateStream(
              GenerationRequest.builder(prompt)
                  .sampler(SamplerParams.greedy())
                  .maxTokens(Integer.MAX_VALUE)
                  .timeout(Duration.ofMillis(5))
                  .build());
      assertThat(tokens(stream).getLast().id()).isEqualTo(Token.NONE);
      assertThat(stream.finishReason()).contains(FinishReason.TIMEOUT);
    }
  }

  @Test
  void failureIsThrownOnceAndEndsTheStream() {
    SamplerParams impossible = SamplerParams.builder().grammar("root ::= \"\\x00\"").build();
    TokenStream stream = context.generateStream("x", 5, impossible);
    assertThatThrownBy(stream::hasNext)
        .isInstanceOf(GenerationException.class)
        .hasMessageContaining("grammar");
    assertThat(stream.hasNext()).isFalse();
    assertThat(stream.tokens().hasNext()).isFalse();
    assertThat(stream.finishReason()).contains(FinishReason.FAILED);
    assertThat(context.generate("x", 1, SamplerParams.greedy())).isEqualTo("Hello");
  }

  /** Another use of the context, between two pulls. */
  @Test
  void failureOfTheContextIsThrownOnceAndEndsTheStream() {
    try (Model model = Model.load(SCRIPT.path());
        Context own = open(model, 256)) {
      TokenStream stream = own.generateStream(greedy("x").build());
      assertThat(stream.next()).isEqualTo("Hello");
      ContextHandle handle = own.handle();
      handle.enter();
      assertThatThrownBy(() -> Probe.decodeTooMany(handle))
          .isInstanceOf(NativeAssertionException.class);
      handle.exit();
      assertThatThrownBy(stream::hasNext)
          .isInstanceOf(GenerationException.class)
          .hasMessageStartingWith("the context failed before and can only be closed");
      assertThat(stream.hasNext()).isFalse();
      assertThat(stream.tokens().hasNext()).isFalse();
      assertThat(stream.finishReason()).contains(FinishReason.FAILED);
    }
  }

  @Test
  void cancelStopsARunningPrefillAndLeavesTheContextAsNew() throws InterruptedException {
    try (Model slow = Model.load(SLOW.path());
        Context own = openEndless(slow, 8192);
        Context fresh = open(slow, 8192)) {
      for (boolean interrupt : new boolean[] {false, true}) {
        TokenStream stream =
            own.generateStream(greedy("y".repeat(8_000)).maxTokens(Integer.MAX_VALUE).build());
        Puller puller = Puller.decoding(stream);
        if (interrupt) {
          puller.thread().interrupt();
        } else {
          stream.cancel();
        }
        assertThat(puller.join().getLast().id()).isEqualTo(Token.NONE);
        assertThat(stream.finishReason()).contains(FinishReason.CANCELLED);
        GenerationRequest next = greedy("y".repeat(300)).maxTokens(20).build();
        assertThat(tokens(own.generateStream(next))).isEqualTo(tokens(fresh.generateStream(next)));
      }
    }
  }

  @Test
  void cancelOfAnEndedStreamDoesNotStopTheNextOne() throws InterruptedException {
    try (Model slow = Model.load(SLOW.path());
        Context own = open(slow, 8192)) {
      TokenStream old = own.generateStream(greedy("x").build());
      assertThat(old.hasNext()).isTrue();
      TokenStream stream = own.generateStream(greedy("y".repeat(2_000)).maxTokens(5).build());
      Puller puller = new Puller(stream);
      while (puller.thread().isAlive()) {
        old.cancel();
        Thread.sleep(1);
      }
      assertThat(puller.join()).hasSize(5);
      assertThat(stream.finishReason()).contains(FinishReason.MAX_TOKENS);
      assertThat(old.finishReason()).contains(FinishReason.SUPERSEDED);
    }
  }

  /** At a random moment: while a token is computed, sampled, handed over, or between pulls. */
  @Test
  void cancelFromAnotherThreadIsSafeAtAnyMoment() throws InterruptedException {
    Random random = new Random(3);
    try (Context own = openEndless(endless, 256)) {
      for (int round = 0; round < 1_000; round++) {
        MeteredStream stream =
            own.streamWithStats(greedy("x").maxTokens(Integer.MAX_VALUE).build());
        Puller puller = new Puller(stream);
        for (int i = random.nextInt(20_000); i > 0; i--) {
          Thread.onSpinWait();
        }
        stream.cancel();
        List<Token> tokens = puller.join();
        assertThat(stream.finishReason()).as("round %d", round).contains(FinishReason.CANCELLED);
        assertThat(tokens.stream().mapToInt(token -> token.text().length()).sum())
            .as("round %d", round)
            .isEqualTo((int) stream.stats().characters());
      }
    }
  }

  @Test
  void cancelledStreamHasEndedWhenCancelAndPullHaveReturned() throws InterruptedException {
    Random random = new Random(4);
    try (Context own = openEndless(endless, 256)) {
      for (int round = 0; round < 1_000; round++) {
        TokenStream stream = own.generateStream(greedy("x").maxTokens(Integer.MAX_VALUE).build());
        Thread once = Thread.ofPlatform().start(() -> stream.tokens().next());
        for (int i = random.nextInt(5_000); i > 0; i--) {
          Thread.onSpinWait();
        }
        stream.cancel();
        once.join();
        assertThat(stream.finishReason()).as("round %d", round).contains(FinishReason.CANCELLED);
      }
    }
  }
}
