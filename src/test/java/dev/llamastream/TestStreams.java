package dev.llamastream;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.fixture.ByteVocabulary;
import dev.llamastream.internal.ffm.ContextHandle;
import dev.llamastream.internal.ffm.Probe;
import dev.llamastream.internal.ffm.SamplerHandle;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/** What tests of streams say again and again. */
public final class TestStreams {

  private TestStreams() {}

  /** A context on one thread. */
  public static Context open(Model model, int contextSize) {
    return new Context(
        model, ContextParams.builder().contextSize(contextSize).threads(1).batchThreads(1).build());
  }

  /** A context on one thread that is never full. */
  static Context openEndless(Model model, int contextSize) {
    return new Context(
        model,
        ContextParams.builder()
            .contextSize(contextSize)
            .contextShift(true)
            .threads(1)
            .batchThreads(1)
            .build());
  }

  public static GenerationRequest.Builder greedy(String prompt) {
    return GenerationRequest.builder(prompt).sampler(SamplerParams.greedy());
  }

  public static GenerationRequest.Builder greedy(int... prompt) {
    return GenerationRequest.builder(prompt).sampler(SamplerParams.greedy());
  }

  /** With these, a third of the tokens is not what a scripted model's script says. */
  public static SamplerParams.Builder wild(int seed) {
    return SamplerParams.builder().temperature(6).seed(seed).topK(0).topP(1).minP(0);
  }

  /** Nothing switched on: draws from the softmax of the logits. */
  static SamplerParams.Builder plain() {
    return SamplerParams.builder().temperature(1).topK(0).topP(1).minP(0).seed(1);
  }

  /** The tokens of a text that these parameters choose. */
  static List<Integer> generate(Context context, SamplerParams.Builder params) {
    return ids(
        context.generateStream(
            GenerationRequest.builder("hello")
                .maxTokens(40)
                .reusePrefix(false)
                .sampler(params.build())
                .build()));
  }

  /** The pieces that are left. */
  public static List<String> pieces(TokenStream stream) {
    List<String> pieces = new ArrayList<>();
    stream.forEachRemaining(pieces::add);
    return pieces;
  }

  /** The tokens that are left, of which the last one alone is the last. */
  public static List<Token> tokens(TokenStream stream) {
    List<Token> tokens = new ArrayList<>();
    stream.tokens().forEachRemaining(tokens::add);
    assertThat(tokens).filteredOn(Token::last).containsExactly(tokens.getLast());
    return tokens;
  }

  public static List<Integer> ids(TokenStream stream) {
    return tokens(stream).stream().map(Token::id).toList();
  }

  /** A logit for each token of a vocabulary of nothing but bytes. */
  static float[] randomLogits(int seed) {
    Random random = new Random(seed);
    float[] logits = new float[ByteVocabulary.FIRST_ADDED];
    for (int i = 0; i < ByteVocabulary.FIRST_ADDED; i++) {
      logits[i] = (float) (2 * random.nextGaussian());
    }
    return logits;
  }

  /**
   * Tokens drawn one after the other, as if the model said the same each time.
   *
   * @param logits of the first tokens; the others are most improbable
   */
  static int[] draw(
      Context context, SamplerParams params, float[] logits, int times, int... prompt) {
    float[] all = Arrays.copyOf(logits, ByteVocabulary.FIRST_ADDED);
    Arrays.fill(all, logits.length, ByteVocabulary.FIRST_ADDED, -20);
    ContextHandle handle = context.handle();
    handle.enter();
    try (Arena arena = Arena.ofConfined()) {
      SamplerHandle sampler = handle.newSampler(params, null, prompt, Duration.ZERO);
      try {
        MemorySegment segment = arena.allocateFrom(JAVA_FLOAT, all);
        return IntStream.generate(() -> Probe.sample(sampler, segment)).limit(times).toArray();
      } finally {
        handle.free(sampler);
      }
    } finally {
      handle.exit();
    }
  }

  /** The logits that the last token was drawn from. */
  static float[] logits(Context context) {
    context.handle().enter();
    try {
      return Probe.logits(context.handle());
    } finally {
      context.handle().exit();
    }
  }

  /** How many tokens the context has decoded and still holds. */
  static int decoded(Context context) {
    context.handle().enter();
    try {
      return context.handle().kvCache().length(0);
    } finally {
      context.handle().exit();
    }
  }

  /** Takes all tokens of a stream on a thread of its own. */
  static final class Puller {
    private final CompletableFuture<List<Token>> result = new CompletableFuture<>();
    private final Thread thread;

    Puller(TokenStream stream) {
      thread =
          Thread.ofPlatform()
              .start(() -> result.completeAsync(() -> TestStreams.tokens(stream), Runnable::run));
    }

    /** Starts, and returns when the thread is decoding. */
    static Puller decoding(TokenStream stream) throws InterruptedException {
      Puller puller = new Puller(stream);
      while (!puller.isDecoding() && puller.thread.isAlive()) {
        Thread.sleep(1);
      }
      return puller;
    }

    private boolean isDecoding() {
      return Arrays.stream(thread.getStackTrace())
          .anyMatch(frame -> frame.getMethodName().equals("ls_decode"));
    }

    Thread thread() {
      return thread;
    }

    List<Token> join() throws InterruptedException {
      thread.join();
      return result.join();
    }
  }
}
