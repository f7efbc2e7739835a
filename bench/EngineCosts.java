import dev.llamastream.ContextParams;
import dev.llamastream.GenerationRequest;
import dev.llamastream.MeteredStream;
import dev.llamastream.Model;
import dev.llamastream.SamplerParams;
import dev.llamastream.StreamStats;
import dev.llamastream.Token;
import dev.llamastream.engine.Engine;
import dev.llamastream.engine.EngineListener;
import dev.llamastream.engine.EngineParams;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * What an engine costs beside the model: the time of a step that is not the model's, the work for
 * prompts that share a beginning, and what one stalled consumer costs the others. Arguments: the
 * model, threads.
 */
class EngineCosts {
  private static final int END_OF_TEXT = 2;

  private final Model model;
  private final int threads;
  private final Random random = new Random(1);
  private long steps;
  private long stepNanos;

  private EngineCosts(Model model, int threads) {
    this.model = model;
    this.threads = threads;
  }

  public static void main(String[] args) throws Exception {
    try (Model model = Model.load(Path.of(args[0]))) {
      EngineCosts costs = new EngineCosts(model, Integer.parseInt(args[1]));
      costs.overhead();
      costs.sharedPrefix();
      costs.stalledConsumer();
    }
  }

  private Engine open(int slots, boolean prefixCache) {
    EngineListener listener =
        new EngineListener() {
          @Override
          public void onStep(int promptTokens, int streams, Duration elapsed) {
            if (streams == slots && promptTokens == 0) {
              steps++;
              stepNanos += elapsed.toNanos();
            }
          }
        };
    return Engine.open(
        model,
        EngineParams.builder()
            .slots(slots)
            .context(
                ContextParams.builder()
                    .contextSize(8192)
                    .threads(threads)
                    .batchThreads(threads)
                    .build())
            .prefixCache(prefixCache)
            .listener(listener)
            .build());
  }

  private GenerationRequest request(int[] prompt, int tokens) {
    SamplerParams sampler =
        SamplerParams.builder()
            .seed(prompt[prompt.length - 1])
            .logitBias(Map.of(0, Double.NEGATIVE_INFINITY, END_OF_TEXT, Double.NEGATIVE_INFINITY))
            .build();
    return GenerationRequest.builder(prompt).maxTokens(tokens).sampler(sampler).build();
  }

  private int[] randomTokens(int count) {
    return random.ints(count, 1_000, 40_000).toArray();
  }

  /** From one decode of all 16 streams to the next, without the decode. */
  private void overhead() throws InterruptedException {
    try (Engine engine = open(16, false)) {
      for (int round = 0; round < 3; round++) {
        steps = 0;
        stepNanos = 0;
        List<? extends MeteredStream> streams =
            IntStream.range(0, 16)
                .mapToObj(i -> engine.streamWithStats(request(randomTokens(4), 200)))
                .toList();
        long[] between = new long[2];
        List<Thread> consumers =
            streams.stream()
                .map(
                    stream ->
                        Thread.startVirtualThread(
                            () -> {
                              Iterator<Token> tokens = stream.tokens();
                              tokens.next();
                              long start = System.nanoTime();
                              tokens.forEachRemaining(token -> {});
                              between[0] = start;
                              between[1] = System.nanoTime();
                            }))
                .toList();
        for (Thread consumer : consumers) {
          consumer.join();
        }
        double perStep = (between[1] - between[0]) / 199.0;
        System.out.printf(
            Locale.ROOT,
            "16 streams: a step %.2f ms, of it not decoding %.2f %%%n",
            perStep / 1e6,
            100 * (1 - (double) stepNanos / steps / perStep));
      }
    }
  }

  /** 32 at once, with 512 tokens in common and 16 of their own. */
  private void sharedPrefix() {
    try (Engine engine = open(8, true)) {
      int[] prefix = randomTokens(512);
      List<? extends MeteredStream> streams =
          IntStream.range(0, 32)
              .mapToObj(
                  i -> {
                    int[] prompt = Arrays.copyOf(prefix, 528);
                    System.arraycopy(randomTokens(16), 0, prompt, 512, 16);
                    return engine.streamWithStats(request(prompt, 8));
                  })
              .toList();
      int work = 0;
      for (MeteredStream stream : streams) {
        stream.forEachRemaining(piece -> {});
        StreamStats stats = stream.stats();
        work += stats.promptTokens() - stats.cachedPromptTokens();
      }
      System.out.printf(
          Locale.ROOT,
          "shared prefix: %d prompt tokens computed, %.3f of 512 + 32 * 16%n",
          work,
          work / (512.0 + 32 * 16));
    }
  }

  private void stalledConsumer() throws InterruptedException {
    for (int round = 0; round < 3; round++) {
      double together = speedOfSeven(false);
      double beside = speedOfSeven(true);
      System.out.printf(
          Locale.ROOT,
          "7 streams beside one more: %.1f tokens/s each; beside a stalled one: %.1f%n",
          together,
          beside);
    }
  }

  private double speedOfSeven(boolean stalled) throws InterruptedException {
    try (Engine engine = open(8, false)) {
      List<? extends MeteredStream> streams =
          IntStream.range(0, 8)
              .mapToObj(i -> engine.streamWithStats(request(randomTokens(4), 150)))
              .toList();
      List<Thread> consumers =
          streams.subList(stalled ? 1 : 0, 8).stream()
              .map(stream -> Thread.startVirtualThread(() -> stream.forEachRemaining(piece -> {})))
              .toList();
      for (Thread consumer : consumers) {
        consumer.join();
      }
      return streams.subList(1, 8).stream()
          .mapToDouble(stream -> stream.stats().tokensPerSecond())
          .average()
          .orElseThrow();
    }
  }
}
