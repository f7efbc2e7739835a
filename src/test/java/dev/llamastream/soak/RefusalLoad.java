package dev.llamastream.soak;

import dev.llamastream.Context;
import dev.llamastream.ContextParams;
import dev.llamastream.Embedder;
import dev.llamastream.GenerationRequest;
import dev.llamastream.Generator;
import dev.llamastream.LlamaException;
import dev.llamastream.Model;
import dev.llamastream.SamplerParams;
import dev.llamastream.engine.Engine;
import dev.llamastream.engine.EngineParams;
import dev.llamastream.fixture.Resident;
import dev.llamastream.fixture.Soak;
import dev.llamastream.fixture.TinyEncoder;
import dev.llamastream.fixture.TinyGpt2;
import dev.llamastream.fixture.TinyModel;
import java.util.Locale;
import java.util.Map;

/**
 * The program of {@link RefusalTest}: each seed is one thing that is refused, again and again, and
 * must leave no memory behind.
 */
final class RefusalLoad {

  /** A leak of one handle's memory, 2 KiB, is five times as much in the shortest run. */
  private static final long MAX_GROWTH_KIB = 8 << 10;

  private static final int TIMES = 100_000;

  private static final ContextParams PARAMS =
      ContextParams.builder().contextSize(256).threads(1).batchThreads(1).build();

  /** What is refused. */
  enum Kind {
    CONTEXT_LOGIT_BIAS,
    CONTEXT_TOKEN,
    CONTEXT_GRAMMAR,
    CONTEXT_LONG_PROMPT,
    ENGINE_LOGIT_BIAS,
    ENGINE_TOKEN,
    ENGINE_GRAMMAR,
    ENGINE_LONG_PROMPT,
    CONTEXT_OF_AN_ENCODER,
    CONTEXT_REPRODUCIBLE,
    CONTEXT_TOO_LARGE,
    ENGINE_TOO_LARGE,
    EMBEDDER_OF_A_RANKER
  }

  private RefusalLoad() {}

  public static void main(String[] args) {
    for (int seed = Integer.parseInt(args[0]); seed < Integer.parseInt(args[1]); seed++) {
      System.out.println("seed " + seed);
      measure(Kind.values()[seed]);
    }
  }

  private static void measure(Kind kind) {
    try (Model tiny = Model.load(TinyModel.defaultPath());
        Model gpt2 = Model.load(new TinyGpt2(256).path());
        Model encoder = Model.load(new TinyEncoder(64, 4).path());
        Context context = new Context(tiny, PARAMS);
        Engine engine =
            Engine.open(
                tiny,
                EngineParams.builder()
                    .slots(2)
                    .context(ContextParams.builder().contextSize(512).build())
                    .build())) {
      Runnable refused =
          switch (kind) {
            case CONTEXT_LOGIT_BIAS -> () -> logitBias(context);
            case CONTEXT_TOKEN -> () -> token(context);
            case CONTEXT_GRAMMAR -> () -> grammar(context);
            case CONTEXT_LONG_PROMPT -> () -> longPrompt(context);
            case ENGINE_LOGIT_BIAS -> () -> logitBias(engine);
            case ENGINE_TOKEN -> () -> token(engine);
            case ENGINE_GRAMMAR -> () -> grammar(engine);
            case ENGINE_LONG_PROMPT -> () -> longPrompt(engine);
            case CONTEXT_OF_AN_ENCODER -> () -> new Context(encoder, PARAMS);
            case CONTEXT_REPRODUCIBLE ->
                () -> new Context(tiny, ContextParams.builder().reproducible(true).build());
            case CONTEXT_TOO_LARGE ->
                () -> new Context(gpt2, ContextParams.builder().contextSize(512).build());
            case ENGINE_TOO_LARGE ->
                () ->
                    Engine.open(
                        tiny,
                        EngineParams.builder()
                            .context(ContextParams.builder().contextSize(1 << 30).build())
                            .build());
            case EMBEDDER_OF_A_RANKER -> () -> Embedder.open(encoder);
          };
      long times = Soak.scaled(TIMES);
      refuse(refused, times / 4);
      long before = resident();
      refuse(refused, times);
      long growth = resident() - before;
      System.out.printf(Locale.ROOT, "total %s: %d times, growth %d KiB%n", kind, times, growth);
      if (growth > MAX_GROWTH_KIB) {
        System.out.printf(Locale.ROOT, "failed %s: grew by %d KiB%n", kind, growth);
      }
    }
  }

  private static long resident() {
    System.gc();
    return Resident.trimmedKib();
  }

  private static void refuse(Runnable refused, long times) {
    for (long i = 0; i < times; i++) {
      try {
        refused.run();
        System.out.println("failed: it was not refused");
        return;
      } catch (LlamaException | IllegalArgumentException e) {
        // as it should be
      }
    }
  }

  private static void logitBias(Generator generator) {
    sampled(generator, SamplerParams.builder().logitBias(Map.of(1_000_000, 1.0)).build());
  }

  private static void grammar(Generator generator) {
    sampled(generator, SamplerParams.builder().grammar("root ::= nothing").build());
  }

  private static void sampled(Generator generator, SamplerParams sampler) {
    generator.generateStream(GenerationRequest.builder("a").sampler(sampler).build());
  }

  private static void token(Generator generator) {
    generator.generateStream(GenerationRequest.builder(new int[] {1_000_000}).build());
  }

  private static void longPrompt(Generator generator) {
    generator.generateStream("x".repeat(600));
  }
}
