import dev.llamastream.Context;
import dev.llamastream.ContextParams;
import dev.llamastream.FinishReason;
import dev.llamastream.GenerationRequest;
import dev.llamastream.Model;
import dev.llamastream.SamplerParams;
import dev.llamastream.StreamStats;
import dev.llamastream.Token;
import dev.llamastream.TokenStream;
import dev.llamastream.engine.Engine;
import dev.llamastream.engine.EngineListener;
import dev.llamastream.engine.EngineParams;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.Locale;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;
import java.util.stream.DoubleStream;

/**
 * How long a stream takes to end after it was told to: in a decode, measured in token times, and in
 * a prefill of 4,000 tokens; and those of an engine, and how soon its thread is free for others
 * then. Arguments: the model, threads.
 */
class Cancel {
  private static final int REPETITIONS = 50;
  private static final int PROMPT = 4_000;
  private static final Duration TIMEOUT = Duration.ofMillis(700);
  private static final RandomGenerator RANDOM = RandomGenerator.of("L64X128MixRandom");

  private final Context context;
  private final GenerationRequest decode;
  private final int[] prompt;

  private Cancel(Model model, Context context) {
    this.context = context;
    this.decode = request(model.tokenizer().encode("The")[0]).build();
    this.prompt = RANDOM.ints(PROMPT, 0, model.info().vocabularySize()).toArray();
  }

  public static void main(String[] args) throws Exception {
    int threads = Integer.parseInt(args[1]);
    ContextParams params =
        ContextParams.builder()
            .contextSize(2 * PROMPT)
            .threads(threads)
            .batchThreads(threads)
            .build();
    try (Model model = Model.load(Path.of(args[0]));
        Context context = new Context(model, params)) {
      Cancel cancel = new Cancel(model, context);
      cancel.decode();
      cancel.prefill("cancel", (stream, puller) -> stream.cancel());
      cancel.prefill("interrupt", (stream, puller) -> puller.interrupt());
      cancel.timeout();
      cancel.engine(model, threads, 0);
      cancel.engine(model, threads, 3);
    }
  }

  /** Cancels a prefill while so many others generate. */
  private void engine(Model model, int threads, int others) throws InterruptedException {
    LinkedBlockingQueue<Long> freed = new LinkedBlockingQueue<>();
    EngineListener listener =
        new EngineListener() {
          @Override
          public void onEnd(StreamStats stats) {
            freed.add(System.nanoTime());
          }
        };
    EngineParams params =
        EngineParams.builder()
            .context(
                ContextParams.builder()
                    .contextSize(4 * PROMPT)
                    .threads(threads)
                    .batchThreads(threads)
                    .build())
            .streamBuffer(1 << 20)
            .listener(listener)
            .build();
    double[] ends = new double[REPETITIONS];
    double[] free = new double[REPETITIONS];
    try (Engine engine = Engine.open(model, params)) {
      for (int i = 0; i < REPETITIONS; i++) {
        TokenStream[] generating = new TokenStream[others];
        for (int j = 0; j < others; j++) {
          generating[j] = engine.generateStream(decode);
        }
        TokenStream stream = engine.generateStream(request(prompt).build());
        Thread.sleep(500 + RANDOM.nextInt(300));
        freed.clear();
        long start = System.nanoTime();
        stream.cancel();
        stream.forEachRemaining(piece -> {});
        ends[i] = (System.nanoTime() - start) / 1e6;
        free[i] = (freed.take() - start) / 1e6;
        expect(FinishReason.CANCELLED, stream);
        for (TokenStream other : generating) {
          other.cancel();
        }
        while (engine.snapshot().running() > 0) {
          Thread.sleep(1);
        }
      }
    }
    String what = String.format(Locale.ROOT, "engine's prefill, %d others generate: ", others);
    print(what + "cancel to end, ms", ends);
    print(what + "cancel to the thread's being free, ms", free);
  }

  private static GenerationRequest.Builder request(int... tokens) {
    return GenerationRequest.builder(tokens)
        .maxTokens(2_000)
        .sampler(SamplerParams.greedy())
        .reusePrefix(false);
  }

  private void decode() throws InterruptedException {
    double[] tokenTimes = new double[REPETITIONS];
    double[] ends = new double[REPETITIONS];
    for (int i = 0; i < REPETITIONS; i++) {
      Puller puller = new Puller(context.generateStream(decode));
      ends[i] = puller.stop(200, (stream, thread) -> stream.cancel());
      tokenTimes[i] = median(puller.tokenTimes.build().toArray());
      ends[i] /= tokenTimes[i];
    }
    System.out.printf(
        Locale.ROOT, "decode: median token time %.2f ms%n", median(tokenTimes) / 1_000_000);
    print("decode: cancel to end, token times", ends);
  }

  private void prefill(String how, BiConsumer<TokenStream, Thread> stop)
      throws InterruptedException {
    double[] ends = new double[REPETITIONS];
    for (int i = 0; i < REPETITIONS; i++) {
      ends[i] = new Puller(context.generateStream(request(prompt).build())).stop(500, stop) / 1e6;
    }
    print("prefill: " + how + " to end, ms", ends);
  }

  private void timeout() {
    double[] ends = new double[REPETITIONS];
    for (int i = 0; i < REPETITIONS; i++) {
      TokenStream stream = context.generateStream(request(prompt).timeout(TIMEOUT).build());
      long start = System.nanoTime();
      stream.forEachRemaining(piece -> {});
      ends[i] = (System.nanoTime() - start - TIMEOUT.toNanos()) / 1e6;
      expect(FinishReason.TIMEOUT, stream);
    }
    print("prefill: timeout to end, ms", ends);
  }

  /** Pulls on a thread of its own. */
  private static class Puller {
    final DoubleStream.Builder tokenTimes = DoubleStream.builder();
    private final TokenStream stream;
    private long end;

    Puller(TokenStream stream) {
      this.stream = stream;
    }

    /** Stops it at a random moment, and returns the nanoseconds to its end. */
    double stop(int leastMillis, BiConsumer<TokenStream, Thread> stop) throws InterruptedException {
      Thread thread = Thread.ofPlatform().start(this::pull);
      Thread.sleep(Duration.ofNanos((leastMillis + RANDOM.nextInt(300)) * 1_000_000L));
      long start = System.nanoTime();
      stop.accept(stream, thread);
      thread.join();
      expect(FinishReason.CANCELLED, stream);
      return end - start;
    }

    private void pull() {
      Iterator<Token> tokens = stream.tokens();
      end = System.nanoTime();
      while (tokens.hasNext()) {
        tokens.next();
        long now = System.nanoTime();
        tokenTimes.add(now - end);
        end = now;
      }
    }
  }

  private static void expect(FinishReason reason, TokenStream stream) {
    if (!stream.finishReason().orElseThrow().equals(reason)) {
      throw new IllegalStateException("not " + reason + " but " + stream.finishReason());
    }
  }

  private static void print(String what, double[] values) {
    double largest = DoubleStream.of(values).max().orElseThrow();
    System.out.printf(
        Locale.ROOT, "%s: median %.2f, largest %.2f%n", what, median(values), largest);
  }

  private static double median(double[] values) {
    double[] sorted = DoubleStream.of(values).sorted().toArray();
    return (sorted[sorted.length / 2] + sorted[(sorted.length - 1) / 2]) / 2;
  }
}
