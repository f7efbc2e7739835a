package dev.llamastream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.fixture.ByteVocabulary;
import dev.llamastream.fixture.GgufWriter;
import dev.llamastream.fixture.TinyModel;
import dev.llamastream.gguf.GgufFile;
import dev.llamastream.gguf.GgufType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models as they should be, and loads that are stopped. */
class ModelLoadTest {

  @TempDir Path directory;

  @AfterEach
  void nothingIsLeft() {
    OpenFiles.assertNoneIn(directory);
  }

  private Path tiny() {
    return TinyModel.defaults().gguf().write(directory.resolve("model.gguf"));
  }

  private static Path real() {
    return Path.of(System.getProperty("llamastream.test.model"));
  }

  private static ModelParams listening(LoadListener listener) {
    return ModelParams.builder().progressListener(listener).build();
  }

  // ---- the progress listener ----

  @Test
  void progressGoesFromZeroToOne() {
    List<Float> fractions = new ArrayList<>();
    Set<Thread> threads = new HashSet<>();
    LoadListener listener =
        fraction -> {
          threads.add(Thread.currentThread());
          return fractions.add(fraction);
        };
    Model.load(real(), listening(listener)).close();
    assertThat(fractions).isSorted().hasSizeGreaterThan(50);
    assertThat(fractions.getFirst()).isBetween(0f, 0.1f);
    assertThat(fractions.getLast()).isEqualTo(1);
    assertThat(threads).containsExactly(Thread.currentThread());
  }

  @ParameterizedTest
  @ValueSource(floats = {0, 0.5f, 1})
  void listenerStopsTheLoad(float when) {
    Path path = tiny();
    List<Float> fractions = new ArrayList<>();
    LoadListener listener =
        fraction -> {
          fractions.add(fraction);
          return fraction < when;
        };
    assertThatThrownBy(() -> Model.load(path, listening(listener)).close())
        .isInstanceOf(ModelLoadException.class)
        .hasMessage(path + ": the load was stopped")
        .hasNoCause();
    assertThat(fractions).filteredOn(fraction -> fraction >= when).hasSize(1);
  }

  @Test
  void listenerThatFailsStopsTheLoad() {
    Path path = tiny();
    RuntimeException exception = new IllegalStateException("mine");
    Error error = new StackOverflowError("mine");
    for (LoadListener listener :
        List.<LoadListener>of(
            fraction -> {
              throw exception;
            },
            fraction -> {
              throw error;
            })) {
      assertThatThrownBy(() -> Model.load(path, listening(listener)).close())
          .isInstanceOf(ModelLoadException.class)
          .hasMessage(path + ": the progress listener failed")
          .cause()
          .isIn(exception, error);
    }
  }

  @Test
  void listenerMayLoadAnotherModel() {
    Path path = tiny();
    LoadListener listener =
        fraction -> {
          Model.load(path).close();
          assertThatThrownBy(() -> Model.load(directory)).isInstanceOf(ModelLoadException.class);
          return true;
        };
    Model.load(path, listening(listener)).close();
  }

  // ---- in the background ----

  @Test
  void loadsInTheBackground() {
    List<Thread> threads = new ArrayList<>();
    LoadListener listener = fraction -> threads.add(Thread.currentThread());
    try (Model model = Model.loadAsync(tiny(), listening(listener)).join()) {
      assertThat(model.info().name()).isEqualTo("tiny");
    }
    assertThat(threads).isNotEmpty().doesNotContain(Thread.currentThread());
  }

  @Test
  void failureInTheBackgroundIsTheFutures() {
    CompletableFuture<Model> missing =
        Model.loadAsync(directory.resolve("absent.gguf"), ModelParams.defaults());
    assertThatThrownBy(missing::join)
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOf(ModelLoadException.class)
        .hasMessage(directory.resolve("absent.gguf") + ": no such file");
    CompletableFuture<Model> unknown =
        Model.loadAsync(tiny(), ModelParams.builder().devices(List.of("GPU99")).build());
    assertThatThrownBy(unknown::join).hasCauseInstanceOf(IllegalArgumentException.class);
  }

  /** Cancels a load that has come so far, while it is in the listener. */
  @ParameterizedTest
  @ValueSource(floats = {0, 0.5f})
  void cancelStopsTheLoad(float when) throws Exception {
    assertThat(callsAfterCancelAt(when)).isZero();
  }

  /** Nobody gets the model, so nobody else can close it. */
  @Test
  void cancelTooLateClosesTheModel() throws Exception {
    assertThat(callsAfterCancelAt(1)).isZero();
  }

  private int callsAfterCancelAt(float when) throws Exception {
    CountDownLatch reached = new CountDownLatch(1);
    CountDownLatch cancelled = new CountDownLatch(1);
    AtomicReference<Thread> thread = new AtomicReference<>();
    AtomicInteger callsAfter = new AtomicInteger(-1);
    LoadListener listener =
        fraction -> {
          if (fraction >= when && callsAfter.incrementAndGet() == 0) {
            thread.set(Thread.currentThread());
            reached.countDown();
            await(cancelled);
          }
          return true;
        };
    CompletableFuture<Model> future = Model.loadAsync(tiny(), listening(listener));
    assertThat(reached.await(1, TimeUnit.MINUTES)).isTrue();
    OpenFiles.assertSomeIn(directory);
    assertThat(future.cancel(true)).isTrue();
    cancelled.countDown();
    thread.get().join();
    assertThat(future).isCancelled();
    OpenFiles.assertNoneIn(directory);
    return callsAfter.get();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  // ---- parameters ----

  @Test
  void everyWayOfLoadingGivesTheSameModel() {
    Path path = tiny();
    try (Model model = Model.load(path)) {
      for (ModelParams.Builder params :
          List.of(
              ModelParams.builder().gpuLayers(0),
              ModelParams.builder().gpuLayers(Integer.MAX_VALUE),
              ModelParams.builder().memoryMap(false),
              ModelParams.builder().memoryMap(false).memoryLock(true),
              ModelParams.builder().memoryLock(true),
              ModelParams.builder().checkTensors(true),
              ModelParams.builder().repackWeights(false),
              ModelParams.builder().devices(List.of("CPU")),
              ModelParams.builder().devices(List.of("CPU", "CPU")),
              ModelParams.builder().tensorSplit(List.of(0.0, 1.0)),
              ModelParams.builder().tensorSplit(Collections.nCopies(16, 0.0)),
              ModelParams.builder()
                  .tensorSplit(Collections.nCopies(16, (double) Float.MAX_VALUE)))) {
        try (Model other = Model.load(path, params.build())) {
          assertThat(other.info()).isEqualTo(model.info());
          assertThat(other.metadata()).isEqualTo(model.metadata());
        }
      }
    }
  }

  @Test
  void onlyTheVocabulary() {
    try (Model model = Model.load(tiny(), ModelParams.builder().vocabOnly(true).build())) {
      assertThat(model.info().canGenerate()).isFalse();
      assertThat(model.info().vocabularySize()).isEqualTo(ByteVocabulary.FIRST_ADDED);
      assertThat(model.info().layers()).isZero();
      assertThat(model.info().heads()).isZero();
      assertThat(model.tokenizer().encode("a")).containsExactly(ByteVocabulary.encode("a"));
      assertThatThrownBy(() -> new Context(model, ContextParams.defaults()))
          .isInstanceOf(ContextCreationException.class);
    }
  }

  @Test
  void devicesThatAreNotThere() {
    badArgument(ModelParams.builder().devices(List.of("GPU99")), "devices: GPU99, must be among [");
    badArgument(ModelParams.builder().devices(List.of("CPU", "")), "devices: , must be among [");
    badArgument(
        ModelParams.builder().mainGpu(Integer.MAX_VALUE),
        "mainGpu: 2147483647, must be below the number of GPUs, which is ");
    badArgument(
        ModelParams.builder().tensorSplit(Collections.nCopies(1000, 1.0)),
        "tensorSplit: 1000 parts, must be at most ");
  }

  private void badArgument(ModelParams.Builder params, String message) {
    Path path = tiny();
    ModelParams built = params.build();
    assertThatThrownBy(() -> Model.load(path, built).close())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void nullIsRefused() {
    Path path = tiny();
    ModelParams params = ModelParams.defaults();
    refusesNull("path", () -> Model.load(null));
    refusesNull("path", () -> Model.load(null, params));
    refusesNull("path", () -> Model.loadAsync(null, params));
    refusesNull("params", () -> Model.load(path, null));
    refusesNull("params", () -> Model.loadAsync(path, null));
  }

  private static void refusesNull(String name, ThrowingCallable call) {
    assertThatThrownBy(call).isInstanceOf(NullPointerException.class).hasMessage(name);
  }

  // ---- what a model says of itself ----

  @Test
  void infoAndMetadataOutliveTheModel() {
    Path path =
        TinyModel.defaults()
            .gguf()
            .put("text.long", "é".repeat(1000))
            .put("tokenizer.chat_template", "{{ messages }}")
            .put("a.float", 0.5f)
            .put("a.flag", true)
            .put("list", GgufWriter.ValueType.INT32, List.of(1, 2))
            .write(directory.resolve("a model, with spaces & 'quotes'.gguf"));
    Model model = Model.load(path);
    OpenFiles.assertSomeIn(directory);
    model.close();
    model.close();
    OpenFiles.assertNoneIn(directory);

    ModelInfo info = model.info();
    assertThat(info.description()).startsWith("llama");
    assertThat(info.architecture()).isEqualTo("llama");
    assertThat(info.name()).isEqualTo("tiny");
    assertThat(info.vocabularySize()).isEqualTo(ByteVocabulary.FIRST_ADDED);
    assertThat(info.trainedContextSize()).isEqualTo(8192);
    assertThat(info.embeddingSize()).isEqualTo(64);
    assertThat(info.layers()).isEqualTo(2);
    assertThat(info.heads()).isEqualTo(2);
    assertThat(info.kvHeads()).isEqualTo(1);
    assertThat(info.canGenerate()).isTrue();
    assertThat(info.chatTemplate()).isEqualTo("{{ messages }}");
    assertThat(info.parameters()).isEqualTo(GgufFile.read(path).parameterCount());
    assertThat(info.sizeInBytes()).isBetween(2 * info.parameters(), 3 * info.parameters());

    assertThat(model.metadata())
        .containsEntry("general.architecture", "llama")
        .containsEntry("llama.context_length", "8192")
        .containsEntry("text.long", "é".repeat(1000))
        .containsEntry("a.flag", "true")
        .containsEntry("a.float", "0.500000")
        .doesNotContainKeys("list", "tokenizer.ggml.tokens")
        .isUnmodifiable();
  }

  @Test
  void metadataIsInTheFilesOrder() {
    Path path = tiny();
    List<String> scalars = new ArrayList<>();
    GgufFile.read(path)
        .metadata()
        .forEach(
            (key, value) -> {
              if (value.type() != GgufType.ARRAY) {
                scalars.add(key);
              }
            });
    try (Model model = Model.load(path)) {
      assertThat(model.metadata().keySet()).containsExactlyElementsOf(scalars);
    }
  }

  @Test
  void infoOfARealModel() throws Exception {
    try (Model model = Model.load(real())) {
      ModelInfo info = model.info();
      assertThat(info.description()).startsWith("llama ");
      assertThat(info.name()).contains("135M");
      assertThat(info.sizeInBytes()).isBetween(50_000_000L, Files.size(real()));
      assertThat(info.chatTemplate()).contains("<|im_start|>");
      assertThat(info)
          .isEqualTo(
              ModelInfo.builder()
                  .description(info.description())
                  .architecture("llama")
                  .name(info.name())
                  .parameters(134_515_008)
                  .sizeInBytes(info.sizeInBytes())
                  .vocabularySize(49_152)
                  .trainedContextSize(8192)
                  .embeddingSize(576)
                  .layers(30)
                  .heads(9)
                  .kvHeads(3)
                  .canGenerate(true)
                  .chatTemplate(info.chatTemplate())
                  .build());
    }
  }
}
