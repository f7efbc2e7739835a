import dev.llamastream.Context;
import dev.llamastream.ContextParams;
import dev.llamastream.GenerationRequest;
import dev.llamastream.MeteredStream;
import dev.llamastream.Model;
import dev.llamastream.SamplerParams;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.DoubleSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.DoubleStream;

/**
 * Our side of compare.sh: the decode speed of 128 greedy tokens after a prompt of one token, and
 * the prefill speed of 512 tokens, each after one warm-up. Prints two numbers, tokens per second.
 *
 * <p>Arguments: model, threads, and of how many rounds to take the median (1).
 */
class Speed {
  private static final int DECODED = 128;
  private static final int PREFILLED = 512;

  public static void main(String[] args) {
    int threads = Integer.parseInt(args[1]);
    int rounds = args.length > 2 ? Integer.parseInt(args[2]) : 1;
    ContextParams params =
        ContextParams.builder().contextSize(1024).threads(threads).batchThreads(threads).build();
    try (Model model = Model.load(Path.of(args[0]));
        Context context = new Context(model, params)) {
      int[] one = {model.tokenizer().encode("The")[0]};
      int[] many =
          RandomGenerator.of("L64X128MixRandom")
              .ints(PREFILLED, 0, model.info().vocabularySize())
              .toArray();
      run(context, one, DECODED);
      double decode = median(rounds, () -> run(context, one, DECODED).stats().tokensPerSecond());
      run(context, many, 1);
      double prefill = median(rounds, () -> run(context, many, 1).stats().promptTokensPerSecond());
      System.out.printf(Locale.ROOT, "%.2f %.2f%n", decode, prefill);
    }
  }

  private static double median(int rounds, DoubleSupplier run) {
    double[] speeds = DoubleStream.generate(run).limit(rounds).sorted().toArray();
    return (speeds[rounds / 2] + speeds[(rounds - 1) / 2]) / 2;
  }

  private static MeteredStream run(Context context, int[] prompt, int maxTokens) {
    context.clearCache();
    MeteredStream stream =
        context.streamWithStats(
            GenerationRequest.builder(prompt)
                .maxTokens(maxTokens)
                .sampler(SamplerParams.greedy())
                .build());
    stream.forEachRemaining(piece -> {});
    if (stream.stats().generatedTokens() != maxTokens) {
      throw new IllegalStateException("ended early: " + stream.stats());
    }
    return stream;
  }
}
