package dev.llamastream.soak;

import dev.llamastream.Context;
import dev.llamastream.ContextParams;
import dev.llamastream.Dry;
import dev.llamastream.GenerationRequest;
import dev.llamastream.Mirostat;
import dev.llamastream.Model;
import dev.llamastream.SamplerParams;
import dev.llamastream.TokenStream;
import dev.llamastream.fixture.Resident;
import dev.llamastream.fixture.Soak;
import dev.llamastream.fixture.TinyModel;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.IntConsumer;

/**
 * The program of {@link MemoryTest}: the same work again and again, and the resident memory after
 * each tenth of it. Seed 0 generates, seed 1 loads models.
 */
final class MemoryLoad {

  private static final int SAMPLES = 10;

  /** So many more, before those that count. */
  private static final int WARM = 2;

  private static final double MAX_GROWTH = 0.02;
  private static final int TOKENS = 8;

  private MemoryLoad() {}

  public static void main(String[] args) {
    Path path = TinyModel.defaultPath();
    for (long seed = Long.parseLong(args[0]); seed < Long.parseLong(args[1]); seed++) {
      System.out.println("seed " + seed);
      if (seed == 0) {
        try (Model model = Model.load(path);
            Context context = open(model, 1)) {
          measure("generations", Soak.scaled(10_000), i -> generate(context, i, TOKENS));
        }
      } else {
        measure("model loads", Soak.scaled(1_000), i -> load(path, i));
      }
    }
  }

  private static Context open(Model model, int threads) {
    return new Context(
        model,
        ContextParams.builder().contextSize(512).threads(threads).batchThreads(threads).build());
  }

  /** With workers, which are made and freed with the context. */
  private static void load(Path path, int number) {
    try (Model model = Model.load(path);
        Context context = open(model, 2)) {
      generate(context, number, 1);
    }
  }

  /** Each kind of end, and each kind of sampler, by turns. */
  private static void generate(Context context, int number, int tokens) {
    SamplerParams.Builder sampler = SamplerParams.builder().seed(number % 100);
    switch (number % 4) {
      case 0 -> sampler.temperature(0);
      case 1 -> sampler.repeatPenalty(1.2).dry(Dry.of(0.8));
      case 2 -> sampler.grammar("root ::= [a-z]+");
      default -> sampler.mirostat(new Mirostat(2, 5, 0.1));
    }
    GenerationRequest request =
        GenerationRequest.builder("Once upon a time, number " + number % 10)
            .maxTokens(tokens)
            .sampler(sampler.build())
            .logprobs(true)
            .topLogprobs(5)
            .stopSequences("qqq")
            .build();
    TokenStream stream = context.generateStream(request);
    var _ = stream.hasNext();
    if (number % 5 == 0) {
      stream.cancel();
    } else if (number % 50 == 1) {
      context.loadState(context.saveState());
    }
    stream.forEachRemaining(piece -> {});
  }

  private static void measure(String what, long times, IntConsumer work) {
    long warm = 0;
    long last = 0;
    int done = 0;
    for (int sample = 1; sample <= WARM + SAMPLES; sample++) {
      for (; done < times * sample / SAMPLES; done++) {
        work.accept(done);
      }
      System.gc();
      last = Resident.trimmedKib();
      if (sample == WARM) {
        warm = last;
      }
      System.out.printf(
          Locale.ROOT, "total %d %s: %d KiB, %d threads%n", done, what, last, Resident.threads());
    }
    double growth = 1.0 * last / warm - 1;
    System.out.printf(Locale.ROOT, "total %s: growth after warm-up %.2f %%%n", what, 100 * growth);
    if (growth > MAX_GROWTH) {
      System.out.printf(Locale.ROOT, "failed resident memory grew by %.2f %%%n", 100 * growth);
    }
  }
}
