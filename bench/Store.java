import dev.llamastream.ContextParams;
import dev.llamastream.GenerationRequest;
import dev.llamastream.Model;
import dev.llamastream.SamplerParams;
import dev.llamastream.engine.Engine;
import dev.llamastream.engine.EngineParams;
import dev.llamastream.engine.PollableStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * The first token of a long prompt after a restart of the engine: computed, and with the prefix
 * store. And what storing costs the other streams: the gaps between their tokens while prompts of
 * the same length end beside them. Arguments: the model, threads, tokens of the prompt.
 */
class Store {
  private static final int ROUNDS = 5;
  private static final long BYTES = 4L << 30;
  private static final RandomGenerator RANDOM = RandomGenerator.of("L64X128MixRandom");

  private final Model model;
  private final EngineParams.Builder params;
  private final int length;

  private Store(Model model, int threads, int length) {
    this.model = model;
    this.length = length;
    this.params =
        EngineParams.builder()
            .context(
                ContextParams.builder()
                    .contextSize(4 * length)
                    .threads(threads)
                    .batchThreads(threads)
                    .build());
  }

  public static void main(String[] args) throws IOException {
    Path folder = Files.createTempDirectory("store");
    try (Model model = Model.load(Path.of(args[0]))) {
      Store store = new Store(model, Integer.parseInt(args[1]), Integer.parseInt(args[2]));
      store.firstTokens(folder);
      store.gaps("without a store", store.params.build());
      store.gaps("with a store", store.params.prefixStore(folder, BYTES).build());
    } finally {
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(folder);
    }
  }

  private int[] prompt() {
    return RANDOM.ints(length, 1_000, model.info().vocabularySize()).toArray();
  }

  private static GenerationRequest.Builder request(int[] prompt) {
    return GenerationRequest.builder(prompt)
        .sampler(SamplerParams.builder().temperature(0).ignoreEndOfText(true).build());
  }

  /** In turns, each in a new engine. */
  private void firstTokens(Path folder) {
    EngineParams without = params.build();
    EngineParams with = params.build().toBuilder().prefixStore(folder, BYTES).build();
    double[] computed = new double[ROUNDS];
    double[] loaded = new double[ROUNDS];
    for (int round = -1; round < ROUNDS; round++) {
      int[] prompt = prompt();
      firstToken(with, prompt); // stores it
      double cold = firstToken(without, prompt);
      double warm = firstToken(with, prompt);
      if (round >= 0) {
        computed[round] = cold;
        loaded[round] = warm;
      }
    }
    double ratio = median(loaded) / median(computed);
    System.out.printf(
        Locale.ROOT,
        "first token of %,d tokens: computed %.1f ms, loaded %.1f ms, ratio %.3f (medians of %d)%n",
        length,
        median(computed),
        median(loaded),
        ratio,
        ROUNDS);
  }

  private double firstToken(EngineParams engineParams, int[] prompt) {
    try (Engine engine = Engine.open(model, engineParams)) {
      long begin = System.nanoTime();
      try (PollableStream stream = engine.streamWithStats(request(prompt).maxTokens(4).build())) {
        stream.next();
        double millis = (System.nanoTime() - begin) / 1e6;
        stream.forEachRemaining(text -> {});
        return millis;
      }
    }
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  /** One stream generates while others compute their prompts and end. */
  private void gaps(String name, EngineParams engineParams) {
    List<Double> gaps = new ArrayList<>();
    try (Engine engine = Engine.open(model, engineParams);
        PollableStream running =
            engine.streamWithStats(request(new int[] {1}).maxTokens(length).build())) {
      running.next();
      for (int i = 0; i < 3; i++) {
        try (PollableStream other =
            engine.streamWithStats(request(prompt()).maxTokens(1).build())) {
          Thread.ofVirtual().start(() -> other.forEachRemaining(text -> {}));
          while (other.finishReason().isEmpty()) {
            gaps.add(gap(running));
          }
        }
        for (int after = 0; after < 20; after++) {
          gaps.add(gap(running));
        }
      }
    }
    double[] sorted = gaps.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    System.out.printf(
        Locale.ROOT,
        "gaps between tokens %s: median %.1f ms, largest %.1f ms%n",
        name,
        sorted[sorted.length / 2],
        sorted[sorted.length - 1]);
  }

  private static double gap(PollableStream stream) {
    long begin = System.nanoTime();
    stream.next();
    return (System.nanoTime() - begin) / 1e6;
  }
}
