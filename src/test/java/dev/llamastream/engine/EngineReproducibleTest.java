package dev.llamastream.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.llamastream.Context;
import dev.llamastream.ContextCreationException;
import dev.llamastream.ContextParams;
import dev.llamastream.GenerationRequest;
import dev.llamastream.Model;
import dev.llamastream.ModelParams;
import dev.llamastream.SamplerParams;
import dev.llamastream.Token;
import dev.llamastream.TokenStream;
import dev.llamastream.fixture.TinyModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * In reproducible mode each stream's tokens and log-probabilities are, bit for bit, those of the
 * same request alone on a context, whatever else is decoded, when, and with how many threads.
 */
class EngineReproducibleTest {

  private static final int SIZE = 1024;
  private static final Path REAL = Path.of(System.getProperty("llamastream.test.model"));
  private static final ModelParams PLAIN = ModelParams.builder().repackWeights(false).build();

  @ParameterizedTest
  @CsvSource({"1, 2, 1, true", "2, 8, 2, true", "3, 8, 1, false"})
  void amongOthers(int seed, int slots, int threads, boolean prefixCache) throws Exception {
    check(REAL, 40_000, seed, slots, 8, threads, prefixCache, 32);
  }

  @Test
  @Tag("soak")
  void among31Others() throws Exception {
    for (int seed = 10; seed < 20; seed++) {
      check(REAL, 40_000, seed, 32, 96, 1 + seed % 2, seed % 3 > 0, 32);
    }
  }

  /** More streams than slots, each stalled now and then: parked streams lose their cells. */
  @Test
  void streamsThatLoseTheirCells() throws Exception {
    check(REAL, 40_000, 4, 2, 6, 1, true, 2);
  }

  /** Weights that are no obstacle with one slot. */
  @Test
  void oneSlot() throws Exception {
    check(TinyModel.defaultPath(), 250, 5, 1, 24, 1, true, 2);
  }

  private static void check(
      Path path,
      int vocabulary,
      int seed,
      int slots,
      int streams,
      int threads,
      boolean prefixCache,
      int streamBuffer)
      throws Exception {
    Random random = new Random(seed);
    List<GenerationRequest> requests = requests(random, vocabulary, streams);
    try (Model model = Model.load(path, PLAIN)) {
      List<List<Token>> alone = alone(model, requests);
      EngineParams params =
          EngineParams.builder()
              .slots(slots)
              .context(
                  ContextParams.builder()
                      .contextSize(slots * SIZE)
                      .microBatchSize(64)
                      .threads(threads)
                      .batchThreads(threads)
                      .reproducible(true)
                      .build())
              .prefixCache(prefixCache)
              .streamBuffer(streamBuffer)
              .build();
      try (Engine engine = Engine.open(model, params);
          ExecutorService consumers = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Future<List<Token>>> together = new ArrayList<>();
        for (GenerationRequest request : requests) {
          Random pauses = new Random(random.nextLong());
          together.add(consumers.submit(() -> tokens(engine.generateStream(request), pauses)));
          Thread.sleep(random.nextInt(3)); // any arrival will do
        }
        for (int i = 0; i < requests.size(); i++) {
          assertThat(together.get(i).get())
              .as("seed %d, stream %d", seed, i)
              .isEqualTo(alone.get(i));
        }
      }
    }
  }

  private static List<List<Token>> alone(Model model, List<GenerationRequest> requests) {
    ContextParams params =
        ContextParams.builder()
            .contextSize(SIZE)
            .microBatchSize(64)
            .threads(1)
            .batchThreads(2)
            .reproducible(true)
            .build();
    try (Context context = new Context(model, params)) {
      return requests.stream()
          .map(request -> tokens(context.generateStream(request), new Random(0)))
          .toList();
    }
  }

  private static List<Token> tokens(TokenStream stream, Random pauses) {
    List<Token> tokens = new ArrayList<>();
    stream
        .tokens()
        .forEachRemaining(
            token -> {
              tokens.add(token);
              if (pauses.nextInt(8) == 0) {
                LockSupport.parkNanos(1_000_000);
              }
            });
    return tokens;
  }

  /** Prompts of 1 to 180 tokens, many of which begin alike; greedy and sampled. */
  private static List<GenerationRequest> requests(Random random, int vocabulary, int count) {
    int[] common = random.ints(140, 10, vocabulary).toArray();
    List<GenerationRequest> requests = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int[] own = random.ints(1 + random.nextInt(40), 10, vocabulary).toArray();
      int shared = random.nextBoolean() ? 0 : random.nextInt(common.length);
      int[] prompt = Arrays.copyOf(common, shared + own.length);
      System.arraycopy(own, 0, prompt, shared, own.length);
      requests.add(
          GenerationRequest.builder(prompt)
              .maxTokens(1 + random.nextInt(20))
              .sampler(
                  random.nextBoolean()
                      ? SamplerParams.greedy()
                      : SamplerParams.builder().temperature(1.2).seed(i).build())
              .logprobs(true)
              .topLogprobs(5)
              .build());
    }
    // the same again, for whole prompts that are in the KV cache
    requests.addAll(requests.subList(0, count / 4));
    Collections.shuffle(requests, random);
    return requests;
  }

  @Test
  void isRefusedWithRepackedWeights() {
    try (Model model = Model.load(TinyModel.defaultPath())) {
      EngineParams params =
          EngineParams.builder()
              .context(ContextParams.builder().contextSize(8192).reproducible(true).build())
              .build();
      assertThatExceptionOfType(ContextCreationException.class)
          .isThrownBy(() -> Engine.open(model, params))
          .withMessageContaining("repackWeights");
    }
  }

  @Test
  void isRefusedWithFloatingPointWeights() {
    try (Model model = Model.load(TinyModel.defaultPath(), PLAIN)) {
      EngineParams params =
          EngineParams.builder()
              .slots(2)
              .context(ContextParams.builder().contextSize(8192).reproducible(true).build())
              .build();
      assertThatExceptionOfType(ContextCreationException.class)
          .isThrownBy(() -> Engine.open(model, params))
          .withMessageContaining("more than 1 slot");
    }
  }
}
