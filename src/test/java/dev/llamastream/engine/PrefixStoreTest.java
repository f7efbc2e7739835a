package dev.llamastream.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.llamastream.Completion;
import dev.llamastream.ContextParams;
import dev.llamastream.GenerationRequest;
import dev.llamastream.InvalidValueException;
import dev.llamastream.KvCacheType;
import dev.llamastream.Model;
import dev.llamastream.ModelParams;
import dev.llamastream.TestStreams;
import dev.llamastream.Token;
import dev.llamastream.fixture.ChildJvm;
import dev.llamastream.fixture.TinyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A prefix cache that survives the engine. */
class PrefixStoreTest {

  private static final Path REAL = Path.of(System.getProperty("llamastream.test.model"));
  private static final Path TINY = TinyModel.defaults().withText(TinyModel.Text.PRINTABLE).path();

  @SuppressWarnings("NullAway.Init")
  private static Model model;

  @TempDir private Path directory;

  @BeforeAll
  static void load() {
    model = Model.load(TINY, ModelParams.builder().repackWeights(false).build());
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private EngineParams.Builder params() {
    return params(Engines.context().contextSize(2048).build());
  }

  private EngineParams.Builder params(ContextParams context) {
    return EngineParams.builder().slots(2).context(context).prefixStore(directory, 1L << 30);
  }

  /** A text of 100 to 300 tokens that no other number has. */
  private static String text(int number) {
    return IntStream.range(0, 15)
        .mapToObj(i -> String.format(Locale.ROOT, "%d times %d is", number + i, i))
        .collect(Collectors.joining(", "));
  }

  private static GenerationRequest request(String prompt) {
    return TestStreams.greedy(prompt).maxTokens(8).build();
  }

  private static Completion complete(EngineParams params, String prompt) {
    return complete(model, params, prompt);
  }

  private static Completion complete(Model other, EngineParams params, String prompt) {
    try (Engine engine = Engine.open(other, params)) {
      return engine.complete(request(prompt));
    }
  }

  private static int cached(Completion completion) {
    return completion.stats().cachedPromptTokens();
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(".prefix")).toList();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1024})
  void survivesARestart(int maxTokensPerStream) throws IOException {
    EngineParams params = params().maxTokensPerStream(maxTokensPerStream).build();
    Completion before;
    try (Model real = Model.load(REAL)) {
      before = complete(real, params, text(1));
      assertThat(cached(before)).isZero();
      assertThat(files()).hasSize(1);
    }

    try (Model real = Model.load(REAL);
        Engine engine = Engine.open(real, params)) {
      Completion after = engine.complete(request(text(1)));
      assertThat(after.text()).isEqualTo(before.text());
      assertThat(cached(after)).isEqualTo(before.stats().promptTokens() - 1);
      EngineSnapshot snapshot = engine.snapshot();
      assertThat(snapshot.storedTokensLoaded()).isEqualTo(cached(after));
      assertThat(snapshot.prefixStoreBytes()).isEqualTo(Files.size(files().getFirst()));
      assertThat(snapshot.prefixesNotStored()).isZero();

      // now it is in memory
      assertThat(cached(engine.complete(request(text(1))))).isEqualTo(cached(after));
      assertThat(engine.snapshot().storedTokensLoaded()).isEqualTo(cached(after));
    }
  }

  @Test
  void aBeginningIsUsedToo() {
    complete(params().build(), text(1) + " one");
    Completion expected = complete(EngineParams.builder().build(), text(1) + " two, or three");
    Completion after = complete(params().build(), text(1) + " two, or three");
    assertThat(after.text()).isEqualTo(expected.text());
    assertThat(cached(after)).isGreaterThanOrEqualTo(text(1).length());
  }

  @Test
  void aRequestMayRefuse() {
    complete(params().build(), text(1));
    try (Engine engine = Engine.open(model, params().build())) {
      GenerationRequest refuses = request(text(1)).toBuilder().reusePrefix(false).build();
      assertThat(cached(engine.complete(refuses))).isZero();
      assertThat(engine.snapshot().storedTokensLoaded()).isZero();
    }
  }

  @Test
  void reproducibleBits() throws IOException {
    ContextParams context = Engines.context().contextSize(1024).reproducible(true).build();
    EngineParams params = params(context).prefillChunk(64).build();
    EngineParams without =
        EngineParams.builder().slots(2).context(context).prefillChunk(64).build();
    try (Model real = Model.load(REAL, ModelParams.builder().repackWeights(false).build())) {
      List<Token> cold = tokens(real, without, text(1));
      assertThat(tokens(real, params, text(1))).isEqualTo(cold);
      assertThat(tokens(real, params, text(1))).isEqualTo(cold);
      String longer = text(1) + " and more";
      assertThat(tokens(real, params, longer)).isEqualTo(tokens(real, without, longer));
    }
  }

  private List<Token> tokens(Model real, EngineParams params, String prompt) throws IOException {
    boolean stored = params.prefixStore().isPresent() && !files().isEmpty();
    try (Engine engine = Engine.open(real, params)) {
      GenerationRequest request = request(prompt).toBuilder().topLogprobs(3).logprobs(true).build();
      List<Token> tokens = TestStreams.tokens(engine.streamWithStats(request));
      assertThat(engine.snapshot().storedTokensLoaded() > 0).isEqualTo(stored);
      return tokens;
    }
  }

  @Test
  void whatElseMattersIsPartOfTheKey() {
    complete(params().build(), text(1));
    ContextParams other = Engines.context().contextSize(2048).kvCacheType(KvCacheType.Q8_0).build();
    assertThat(cached(complete(params(other).build(), text(1)))).isZero();
    ContextParams larger = Engines.context().contextSize(4096).build();
    assertThat(cached(complete(params(larger).build(), text(1)))).isZero();
    try (Model repacked = Model.load(TINY);
        Engine engine = Engine.open(repacked, params().build())) {
      assertThat(cached(engine.complete(request(text(1))))).isZero();
    }
    assertThat(cached(complete(params().build(), text(1)))).isPositive();
  }

  @Test
  void damageCostsNothingButTime() throws IOException {
    Completion before = complete(params().build(), text(1));
    Path file = files().getFirst();
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);

    try (Engine engine = Engine.open(model, params().build())) {
      Completion after = engine.complete(request(text(1)));
      assertThat(after.text()).isEqualTo(before.text());
      assertThat(cached(after)).isZero();
    }
    // and it was written again
    assertThat(cached(complete(params().build(), text(1)))).isPositive();
  }

  @Test
  void aFileThatGoesMeanwhileIsNotMissed() throws IOException {
    Completion before = complete(params().build(), text(1));
    try (Engine engine = Engine.open(model, params().build())) {
      Files.delete(files().getFirst());
      Completion after = engine.complete(request(text(1)));
      assertThat(after.text()).isEqualTo(before.text());
      assertThat(cached(after)).isZero();
    }
  }

  @Test
  void twoEnginesShareAFolder() {
    try (Engine one = Engine.open(model, params().build());
        Engine two = Engine.open(model, params().build())) {
      String text = one.complete(request(text(1))).text();
      Engines.await(() -> one.snapshot().prefixStoreBytes() > 0);
      Completion other = two.complete(request(text(1)));
      assertThat(other.text()).isEqualTo(text);
      assertThat(cached(other)).isPositive();
    }
  }

  @Test
  void manyStreamsOfEnginesThatTakeFilesFromEachOther() throws Exception {
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      expected.add(complete(params().build(), text(10 * i)).text());
    }
    long size = Files.size(files().getFirst());
    EngineParams few = params().slots(3).prefixStore(directory, 5 * size / 2).build();
    List<Callable<Void>> users = new ArrayList<>();
    try (Engine one = Engine.open(model, few);
        Engine two = Engine.open(model, few);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int user = 0; user < 8; user++) {
        int first = user;
        Engine engine = user % 2 == 0 ? one : two;
        users.add(
            () -> {
              for (int i = 0; i < 4; i++) {
                int number = (first + 5 * i) % 6;
                assertThat(engine.complete(request(text(10 * number))).text())
                    .isEqualTo(expected.get(number));
              }
              return null;
            });
      }
      for (Future<Void> user : threads.invokeAll(users)) {
        user.get();
      }
    }
    assertThat(files()).hasSizeBetween(1, 2);
  }

  /**
   * A process that completes the same prompts again and again, and prints the texts. Arguments: the
   * model, the folder, its size, and the prompts.
   */
  static final class Other {
    private Other() {}

    public static void main(String[] args) {
      ContextParams context =
          ContextParams.builder().contextSize(2048).threads(1).batchThreads(1).build();
      EngineParams params =
          EngineParams.builder()
              .slots(2)
              .context(context)
              .prefixStore(Path.of(args[1]), Long.parseLong(args[2]))
              .build();
      try (Model own =
          Model.load(Path.of(args[0]), ModelParams.builder().repackWeights(false).build())) {
        for (int i = 0; i < 4; i++) {
          try (Engine engine = Engine.open(own, params)) {
            for (String prompt : List.of(args).subList(3, args.length)) {
              System.out.println(
                  engine.complete(TestStreams.greedy(prompt).maxTokens(8).build()).text());
            }
          }
        }
      }
    }
  }

  /** Hardly two prefixes fit, so that they remove each other's files. */
  @Test
  void processesShareAFolder() throws Exception {
    StringBuilder expected = new StringBuilder();
    List<String> prompts = List.of(text(0), text(10), text(20));
    for (String prompt : prompts) {
      expected.append(complete(params().build(), prompt).text()).append('\n');
    }
    long size = 5 * Files.size(files().getFirst()) / 2;
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      processes.add(
          ChildJvm.start(
              Other.class,
              ChildJvm.classes(Model.class),
              List.of(),
              List.of("--enable-native-access=ALL-UNNAMED"),
              Stream.concat(
                      Stream.of(TINY.toString(), directory.toString(), Long.toString(size)),
                      prompts.stream())
                  .toArray(String[]::new)));
    }
    for (Process process : processes) {
      ChildJvm ended = ChildJvm.ended(process);
      assertThat(ended.output()).isEqualTo(expected.toString().repeat(4));
      assertThat(ended.exitCode()).isZero();
    }
    assertThat(files()).hasSizeBetween(1, 2);
  }

  @Test
  void cancelledStreamsHoldNothing() {
    complete(params().build(), text(1));
    try (Engine engine = Engine.open(model, params().slots(1).build())) {
      List<PollableStream> streams = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        streams.add(engine.streamWithStats(request(text(1))));
      }
      streams.forEach(PollableStream::cancel);
      Engines.awaitIdle(engine);
      assertThat(cached(engine.complete(request(text(1))))).isPositive();
    }
  }

  @Test
  void aFileIsNoFolder() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));
    EngineParams params = params().prefixStore(file, 1).build();
    assertThatExceptionOfType(InvalidValueException.class)
        .isThrownBy(() -> Engine.open(model, params))
        .withMessage("prefixStore: " + file + ", must be a folder");
  }

  @Test
  void aFolderThatCannotBeUsedDisturbsNobody() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));
    Path loop = directory.resolve("loop");
    Files.createSymbolicLink(loop, loop);
    for (Path impossible : List.of(file.resolve("store"), loop, loop.resolve("x"))) {
      Completion completion = complete(params().prefixStore(impossible, 1 << 30).build(), text(1));
      assertThat(completion.text()).isNotEmpty();
    }
  }

  @Test
  void aFolderThatGoesMeanwhileDisturbsNobody() throws IOException {
    Path folder = directory.resolve("folder");
    try (Engine engine = Engine.open(model, params().prefixStore(folder, 1 << 30).build())) {
      engine.complete(request(text(1)));
      Engines.await(() -> engine.snapshot().prefixStoreBytes() > 0);
      Files.move(folder, directory.resolve("elsewhere"));
      assertThat(engine.complete(request(text(2))).text()).isNotEmpty();
    }
    assertThat(cached(complete(params().prefixStore(folder, 1 << 30).build(), text(2))))
        .isPositive();
  }

  @Test
  void withoutAPrefixCacheThereIsNothingToStore() {
    assertThatExceptionOfType(InvalidValueException.class)
        .isThrownBy(() -> params().prefixCache(false).build())
        .withMessage("prefixStore: needs prefixCache");
  }

  @Test
  void aRelativeFolder() throws IOException {
    Path relative = Path.of("").toAbsolutePath().relativize(directory.toAbsolutePath());
    complete(params().prefixStore(relative.resolve("new"), 1 << 30).build(), text(1));
    assertThat(directory.resolve("new")).isNotEmptyDirectory();
  }

  @Test
  void nothingFitsIntoAByte() throws IOException {
    EngineParams params = params().prefixStore(directory, 1).build();
    assertThat(complete(params, text(1)).text()).isNotEmpty();
    assertThat(files()).isEmpty();
  }
}
