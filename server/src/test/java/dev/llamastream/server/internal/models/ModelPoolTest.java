package dev.llamastream.server.internal.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.ContextParams;
import dev.llamastream.InvalidValueException;
import dev.llamastream.LoadListener;
import dev.llamastream.ModelLoadException;
import dev.llamastream.ModelParams;
import dev.llamastream.engine.EngineParams;
import dev.llamastream.fixture.ChatTemplate;
import dev.llamastream.fixture.ScriptedModel;
import dev.llamastream.server.internal.http.Meters;
import dev.llamastream.server.internal.http.ModelCard;
import dev.llamastream.server.internal.http.ServedModels.Lease;
import dev.llamastream.server.internal.json.ApiError;
import dev.llamastream.server.internal.json.Defaults;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class ModelPoolTest {

  private static final Path FILE =
      ScriptedModel.of("a").gguf().put(ChatTemplate.KEY, ChatTemplate.CHATML).writeShared("pool");

  @TempDir private Path folder;
  private final Meters meters = new Meters();

  /** A load that waits until the test lets it go on. */
  private static final class HeldLoad implements LoadListener {
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);

    @Override
    public boolean onProgress(float fraction) {
      begun.countDown();
      try {
        released.await();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      return true;
    }
  }

  private static ModelSpec spec(String name, Path file, LoadListener listener, String... aliases) {
    return new ModelSpec(
        name,
        List.of(aliases),
        file,
        ModelParams.builder().progressListener(listener).build(),
        EngineParams.builder()
            .slots(1)
            .context(ContextParams.builder().contextSize(256).threads(1).build())
            .build(),
        Defaults.NONE,
        6,
        3);
  }

  private static ModelSpec spec(String name, String... aliases) {
    return spec(name, FILE, LoadListener.NONE, aliases);
  }

  /** Room for one of the models, which make room at once. */
  private ModelPool pool(ModelSpec... specs) {
    return new ModelPool(
        List.of(specs), new PoolParams(10, Duration.ZERO, Duration.ofNanos(1), 8), meters);
  }

  private static Lease use(ModelPool pool, String name) throws Exception {
    return pool.find(name).lease().get();
  }

  /** Opens what a request for embeddings needs. */
  private static void open(Lease lease) {
    lease.served().parts().get(AutoCloseable.class, () -> () -> {});
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    while (!condition.getAsBoolean()) {
      Thread.sleep(2);
    }
  }

  private double count(String meter) {
    return meters
        .scrape()
        .lines()
        .filter(line -> line.startsWith(meter + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(meter.length() + 1)))
        .findFirst()
        .orElseThrow(() -> new AssertionError(meter));
  }

  @Test
  void loadsOnDemandAndMakesRoom() throws Exception {
    try (ModelPool pool = pool(spec("a"), spec("b"))) {
      assertThat(pool.cards()).noneMatch(ModelCard::loaded);
      try (Lease lease = use(pool, "a")) {
        assertThat(lease.served().model().info().name()).isEqualTo("scripted");
        assertThat(pool.cards().getFirst().contextSize()).isEqualTo(256);
      }
      Lease b = use(pool, "b");
      assertThat(pool.cards()).extracting(ModelCard::loaded).containsExactly(false, true);
      assertThat(count("llamastream_model_unloads_total{model=\"a\"}")).isOne();
      assertThat(count("llamastream_model_memory{model=\"b\"}")).isEqualTo(6);

      CompletableFuture<Lease> again = pool.find("a").lease();
      assertThat(again).isNotDone();
      b.close();
      b.close(); // counts once
      again.get().close();
      assertThat(count("llamastream_model_load_seconds_count{model=\"a\"}")).isEqualTo(2);
    }
  }

  @Test
  void requestsThatComeTogetherLoadAModelOnce() throws Exception {
    HeldLoad held = new HeldLoad();
    try (ModelPool pool = pool(spec("a", FILE, held))) {
      List<CompletableFuture<Lease>> leases =
          Stream.generate(() -> pool.find("a").lease()).limit(50).toList();
      held.begun.await();
      assertThat(count("llamastream_model_requests_waiting{model=\"a\"}")).isEqualTo(50);
      held.released.countDown();
      for (CompletableFuture<Lease> lease : leases) {
        lease.get().close();
      }
      assertThat(count("llamastream_model_load_seconds_count{model=\"a\"}")).isOne();
    }
  }

  @Test
  void aCardSaysWhatTheHeaderSays() {
    try (ModelPool pool = pool(spec("a", "other"))) {
      ModelCard card = pool.cards().getFirst();

      assertThat(card.name()).isEqualTo("a");
      assertThat(card.aliases()).containsExactly("other");
      assertThat(card.info().architecture()).isEqualTo("llama");
      assertThat(card.info().trainedContextSize()).isEqualTo(8192);
      assertThat(card.info().canGenerate()).isTrue();
      assertThat(card.info().chatTemplate()).isEqualTo(ChatTemplate.CHATML);
      assertThat(card.info().parameters()).isPositive();
      assertThat(card.facts().sizeInBytes()).isEqualTo(FILE.toFile().length());
      assertThat(card.facts().modified().toEpochMilli()).isEqualTo(FILE.toFile().lastModified());
      assertThat(card.facts().embeds()).isFalse();
      assertThat(card.facts().reranks()).isFalse();
      assertThat(card.loaded()).isFalse();
    }
  }

  @Test
  void unloadsWhatIsIdle() throws Exception {
    try (ModelPool pool =
        new ModelPool(
            List.of(spec("a")),
            new PoolParams(10, Duration.ofMillis(1), Duration.ofNanos(1), 8),
            meters)) {
      Lease lease = use(pool, "a");
      assertThat(pool.cards().getFirst().loaded()).isTrue();
      lease.close();
      await(() -> !pool.cards().getFirst().loaded());
    }
  }

  @Test
  void aCancelledRequestIsNoUser() throws Exception {
    HeldLoad held = new HeldLoad();
    try (ModelPool pool =
        new ModelPool(
            List.of(spec("a", FILE, held)),
            new PoolParams(10, Duration.ofMillis(1), Duration.ofNanos(1), 8),
            meters)) {
      CompletableFuture<Lease> lease = pool.find("a").lease();
      held.begun.await();
      assertThat(lease.cancel(false)).isTrue();
      held.released.countDown();

      await(() -> meters.scrape().contains("llamastream_model_unloads_total{model=\"a\"} 1.0"));
    }
  }

  @Test
  void aFailedLoadFailsAllAndPoisonsNothing() throws Exception {
    Path file = folder.resolve("secret-folder.gguf");
    Files.copy(FILE, file);
    try (ModelPool pool = pool(spec("a", file, LoadListener.NONE))) {
      Files.writeString(file, "no model");
      List<CompletableFuture<Lease>> leases =
          Stream.generate(() -> pool.find("a").lease()).limit(10).toList();
      for (CompletableFuture<Lease> lease : leases) {
        assertThatExceptionOfType(ExecutionException.class)
            .isThrownBy(lease::get)
            .withCauseInstanceOf(ApiError.class)
            .satisfies(
                failure -> {
                  ApiError error = (ApiError) failure.getCause();
                  assertThat(error.status()).isEqualTo(503);
                  assertThat(error.message())
                      .startsWith("the model a cannot be loaded: secret-folder.gguf: ")
                      .doesNotContain(folder.toString());
                });
      }
      Files.delete(file);
      Files.copy(FILE, file);
      use(pool, "a").close();
    }
  }

  @Test
  void canBeClosedWhileItLoads() throws Exception {
    HeldLoad held = new HeldLoad();
    ModelPool pool = pool(spec("a", FILE, held), spec("b"));
    CompletableFuture<Lease> loading = pool.find("a").lease();
    CompletableFuture<Lease> waiting = pool.find("b").lease();
    held.begun.await();

    pool.evict();

    for (CompletableFuture<Lease> lease : List.of(loading, waiting)) {
      assertThatExceptionOfType(ExecutionException.class)
          .isThrownBy(lease::get)
          .satisfies(e -> assertThat(((ApiError) e.getCause()).code()).isEqualTo("shutting_down"));
    }
    assertThatThrownBy(() -> pool.find("b").lease()).hasMessageContaining("shutting down");
    held.released.countDown();
    pool.close();
    pool.close();
    assertThat(pool.cards()).noneMatch(ModelCard::loaded);
  }

  @ParameterizedTest
  @CsvSource({"a,a", "a:latest,a", "b,b:latest", "b:latest,b:latest", "second,b:latest", "'',a"})
  void findsByNameAliasAndTag(String asked, String found) {
    try (ModelPool pool = pool(spec("a"), spec("b:latest", "second"))) {
      assertThat(pool.find(asked).name()).isEqualTo(found);
    }
  }

  @Test
  void saysWhichNamesThereAre() {
    try (ModelPool pool = pool(spec("a"), spec("b", "second"))) {
      assertThatExceptionOfType(ApiError.class)
          .isThrownBy(() -> pool.find("c".repeat(1000)))
          .satisfies(error -> assertThat(error.status()).isEqualTo(404))
          .withMessage("model: there is no " + "c".repeat(100) + "..., must be one of: a, b");
    }
  }

  @Test
  void aSingleModelHasAllNames() {
    try (ModelPool pool = pool(spec("a"))) {
      assertThat(pool.find("gpt-4").name()).isEqualTo("a");
    }
  }

  @Test
  void refusesNamesThatLeadToTwoModels() {
    assertThatExceptionOfType(InvalidValueException.class)
        .isThrownBy(() -> pool(spec("a"), spec("a:latest")))
        .withMessage("models: two are called a");
    assertThatExceptionOfType(InvalidValueException.class)
        .isThrownBy(() -> pool(spec("a", "x"), spec("b", "x")))
        .withMessage("models: x is a name of both a and b");
    assertThatExceptionOfType(InvalidValueException.class)
        .isThrownBy(this::pool)
        .withMessageStartingWith("models: ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a\nb"})
  void refusesNamesThatAreNone(String name) {
    assertThatExceptionOfType(InvalidValueException.class)
        .isThrownBy(() -> spec(name))
        .withMessageStartingWith("name: ");
    assertThatExceptionOfType(InvalidValueException.class)
        .isThrownBy(() -> spec("a", name))
        .withMessageStartingWith("alias: ");
  }

  @Test
  void refusesAModelThatNeverFits() {
    assertThatExceptionOfType(InvalidValueException.class)
        .isThrownBy(
            () ->
                new ModelPool(
                    List.of(spec("a")), new PoolParams(5, Duration.ZERO, Duration.ZERO, 8), meters))
        .withMessage("memoryBudget: 5 bytes are too few: the model a takes 6");
  }

  @Test
  void countsAContextForEmbeddings() throws Exception {
    try (ModelPool pool =
        new ModelPool(
            List.of(spec("a"), spec("b")),
            new PoolParams(14, Duration.ZERO, Duration.ZERO, 8),
            meters)) {
      use(pool, "a").close();
      Lease b = use(pool, "b");
      assertThat(pool.cards()).allMatch(ModelCard::loaded);

      open(b);

      await(() -> !pool.cards().getFirst().loaded());
      assertThat(count("llamastream_model_memory{model=\"b\"}")).isEqualTo(9);
      b.close();
      assertThat(pool.cards().getLast().loaded()).isTrue();
    }
  }

  @Test
  void refusesAContextForEmbeddingsThatNeverFits() throws Exception {
    try (ModelPool pool =
            new ModelPool(
                List.of(spec("a")), new PoolParams(8, Duration.ZERO, Duration.ZERO, 8), meters);
        Lease lease = use(pool, "a")) {
      assertThatExceptionOfType(ApiError.class)
          .isThrownBy(() -> open(lease))
          .withMessage(
              "model: with embeddings, a takes 9 bytes, more than the 8 that this server may use");
      assertThat(count("llamastream_model_memory{model=\"a\"}")).isEqualTo(6);
    }
  }

  @Test
  void refusesAFileThatIsMissing() {
    assertThatExceptionOfType(ModelLoadException.class)
        .isThrownBy(() -> pool(spec("a", folder.resolve("none.gguf"), LoadListener.NONE)))
        .withMessageContaining("no such file");
  }
}
