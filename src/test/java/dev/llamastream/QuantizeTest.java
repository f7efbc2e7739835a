package dev.llamastream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.fixture.GgufWriter;
import dev.llamastream.fixture.GgufWriter.ValueType;
import dev.llamastream.fixture.TinyModel;
import dev.llamastream.gguf.GgmlType;
import dev.llamastream.gguf.GgufFile;
import dev.llamastream.gguf.GgufTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.AclFileAttributeView;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantizeTest {

  @TempDir Path directory;

  /** A test that quantizes leaves the target, and nothing besides. */
  @AfterEach
  void nothingElseIsLeft() throws IOException {
    assertThat(files()).noneMatch(name -> name.startsWith("."));
    OpenFiles.assertNoneIn(directory);
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    }
  }

  private Path target() {
    return directory.resolve("target.gguf");
  }

  private static QuantizeParams to(QuantizationType type) {
    return QuantizeParams.builder().type(type).build();
  }

  private static QuantizeParams listening(QuantizeListener listener) {
    return QuantizeParams.builder().type(QuantizationType.Q4_0).progressListener(listener).build();
  }

  private static GgmlType typeOf(GgufFile file, String name) {
    return file.tensors().stream()
        .filter(tensor -> tensor.name().equals(name))
        .map(GgufTensor::type)
        .findFirst()
        .orElseThrow();
  }

  private void leavesNothing(Path source, QuantizeParams params, Class<?> type, String... texts)
      throws IOException {
    List<String> before = files();
    assertThatThrownBy(() -> Model.quantize(source, target(), params))
        .isInstanceOf(type)
        .hasMessageContainingAll(texts);
    assertThat(files()).isEqualTo(before);
  }

  @ParameterizedTest
  @EnumSource
  void theResultGenerates(QuantizationType type) {
    Path source = TinyModel.defaultPath();
    Model.quantize(source, target(), to(type));

    GgufFile before = GgufFile.read(source);
    GgufFile after = GgufFile.read(target());
    GgmlType expected = type.tensorType();
    if (expected.blockSize() <= 32) {
      assertThat(typeOf(after, "blk.0.attn_q.weight")).isEqualTo(expected);
    }
    assertThat(after.tensors())
        .extracting(GgufTensor::name)
        .containsExactlyInAnyOrderElementsOf(
            before.tensors().stream().map(GgufTensor::name).toList());
    assertThat(after.metadata()).containsAllEntriesOf(before.metadata());
    if (expected.isQuantized()) {
      assertThat(after.fileSize()).isLessThan(before.fileSize());
    }
    try (Model model = Model.load(target());
        Context context = TestStreams.open(model, 256)) {
      assertThat(context.complete(GenerationRequest.builder("abc").maxTokens(8).build()).stats())
          .extracting(StreamStats::generatedTokens)
          .isEqualTo(8);
    }
  }

  @Test
  void progressGoesFromZeroToOne() {
    List<Float> fractions = new ArrayList<>();
    Set<Thread> threads = new HashSet<>();
    Model.quantize(
        TinyModel.defaultPath(),
        target(),
        QuantizationType.Q8_0,
        fraction -> {
          threads.add(Thread.currentThread());
          assertThat(target()).doesNotExist();
          return fractions.add(fraction);
        });
    int tensors = GgufFile.read(target()).tensors().size();
    assertThat(fractions).isSorted().hasSize(tensors + 1);
    assertThat(fractions.getFirst()).isZero();
    assertThat(fractions.getLast()).isEqualTo(1);
    assertThat(threads).containsExactly(Thread.currentThread());
  }

  @Test
  void progressIsThatOfTheWeights() {
    List<Float> fractions = new ArrayList<>();
    Model.quantize(
        TinyModel.defaultPath(),
        target(),
        QuantizationType.Q8_0,
        fraction -> fractions.add(fraction));
    GgufFile file = GgufFile.read(target());
    // llama.cpp writes the tensors in the order in which it quantizes them
    List<GgufTensor> written = new ArrayList<>(file.tensors());
    written.sort((a, b) -> Long.compare(a.offset(), b.offset()));
    double done = 0;
    for (int i = 0; i < written.size(); i++) {
      assertThat((double) fractions.get(i)).isEqualTo((float) (done / file.parameterCount()));
      done += written.get(i).elements();
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {0, 0.5f, 1})
  void aListenerThatStopsLeavesNothing(float when) throws IOException {
    List<Float> fractions = new ArrayList<>();
    QuantizeListener listener =
        fraction -> {
          fractions.add(fraction);
          return fraction < when;
        };
    leavesNothing(
        TinyModel.defaultPath(),
        listening(listener),
        CancellationException.class,
        target() + ": the quantization was stopped");
    assertThat(fractions).filteredOn(fraction -> fraction >= when).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(floats = {0, 0.5f, 1})
  void aListenerThatFailsLeavesNothing(float when) {
    for (Throwable thrown :
        List.of(new IllegalStateException("mine"), new AssertionError("mine"))) {
      QuantizeListener listener =
          fraction -> {
            if (fraction >= when) {
              throwUnchecked(thrown);
            }
            return true;
          };
      assertThatThrownBy(
              () -> Model.quantize(TinyModel.defaultPath(), target(), listening(listener)))
          .isInstanceOf(QuantizationException.class)
          .hasMessageEndingWith(": the progress listener failed")
          .hasCause(thrown);
      assertThat(directory).isEmptyDirectory();
    }
  }

  private static void throwUnchecked(Throwable thrown) {
    if (thrown instanceof Error error) {
      throw error;
    }
    throw (RuntimeException) thrown;
  }

  @Test
  void anInterruptStopsIt() throws IOException {
    for (float when : new float[] {0, 0.5f, 1}) {
      QuantizeListener listener =
          fraction -> {
            if (fraction >= when) {
              Thread.currentThread().interrupt();
            }
            return true;
          };
      leavesNothing(
          TinyModel.defaultPath(), listening(listener), CancellationException.class, "stopped");
      assertThat(Thread.interrupted()).isTrue();
    }
    Thread.currentThread().interrupt();
    leavesNothing(
        TinyModel.defaultPath(), to(QuantizationType.Q4_0), CancellationException.class, "stopped");
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void aListenerMayUseTheLibrary() {
    Path other = directory.resolve("other.gguf");
    QuantizeListener listener =
        fraction -> {
          if (!Files.exists(other)) {
            Model.quantize(TinyModel.defaultPath(), other, to(QuantizationType.Q5_0));
            Model.load(other).close();
          }
          return true;
        };
    Model.quantize(TinyModel.defaultPath(), target(), listening(listener));
    assertThat(target()).exists();
  }

  @Test
  void aTargetThatExistsIsKept() throws IOException {
    Files.writeString(target(), "mine");
    leavesNothing(
        TinyModel.defaultPath(),
        to(QuantizationType.Q4_0),
        QuantizationException.class,
        target() + ": already exists");
    assertThat(target()).hasContent("mine");
  }

  @Test
  void aTargetThatAppearsMeanwhileIsKept() throws IOException {
    Path mine = Files.writeString(directory.resolve("mine"), "mine");
    QuantizeListener listener =
        fraction -> fraction < 1 || mine.toFile().renameTo(target().toFile());
    assertThatThrownBy(() -> Model.quantize(TinyModel.defaultPath(), target(), listening(listener)))
        .isInstanceOf(QuantizationException.class)
        .hasMessage(target() + ": already exists");
    assertThat(target()).hasContent("mine");
  }

  @Test
  void theSourceIsNoTarget() throws IOException {
    Path source = TinyModel.defaults().gguf().write(target());
    byte[] before = Files.readAllBytes(source);
    leavesNothing(
        source, to(QuantizationType.Q4_0), QuantizationException.class, ": already exists");
    assertThat(source).hasBinaryContent(before);
  }

  @Test
  void aLinkThatLeadsNowhereIsKept() throws IOException {
    if (isLink(target(), directory.resolve("nowhere"))) {
      leavesNothing(
          TinyModel.defaultPath(),
          to(QuantizationType.Q4_0),
          QuantizationException.class,
          "already exists");
    }
  }

  /** Makes a link, which on Windows not everybody may, and Wine only claims to do. */
  private static boolean isLink(Path link, Path target) {
    try {
      Files.createSymbolicLink(link, target);
    } catch (IOException e) {
      assertThat(System.getProperty("os.name")).startsWith("Windows");
    }
    return Files.isSymbolicLink(link);
  }

  @Test
  void theFolderMustExist() {
    Path target = directory.resolve("missing").resolve("target.gguf");
    assertThatThrownBy(
            () -> Model.quantize(TinyModel.defaultPath(), target, to(QuantizationType.Q4_0)))
        .isInstanceOf(QuantizationException.class)
        .hasMessage(directory.resolve("missing") + ": no such directory");
    assertThatThrownBy(
            () -> Model.quantize(TinyModel.defaultPath(), Path.of("/"), to(QuantizationType.Q4_0)))
        .isInstanceOf(QuantizationException.class);
  }

  /** Root may write everywhere but here; without this folder it is one that does not exist. */
  @Test
  void aFolderThatTakesNoFilesIsNamed() {
    Path target = Path.of("/proc/self/target.gguf");
    assertThatThrownBy(
            () -> Model.quantize(TinyModel.defaultPath(), target, to(QuantizationType.Q4_0)))
        .isInstanceOf(QuantizationException.class)
        .hasMessageContaining(String.valueOf(target.getParent()));
  }

  @Test
  void theFileHasThePermissionsOfAnyOther() throws IOException {
    Model.quantize(TinyModel.defaultPath(), target(), to(QuantizationType.Q4_0));
    Path other = Files.createFile(directory.resolve("other"));
    assertThat(permissions(target())).isEqualTo(permissions(other));
  }

  private static Collection<?> permissions(Path file) throws IOException {
    AclFileAttributeView windows = Files.getFileAttributeView(file, AclFileAttributeView.class);
    return windows != null ? windows.getAcl() : Files.getPosixFilePermissions(file);
  }

  @Test
  void whatIsQuantizedIsQuantizedAgainOnlyOnRequest() throws IOException {
    Path once = directory.resolve("once.gguf");
    Model.quantize(TinyModel.defaultPath(), once, to(QuantizationType.Q8_0));
    leavesNothing(
        once,
        to(QuantizationType.Q4_0),
        InvalidValueException.class,
        "allowRequantize: false",
        once.toString());
    Model.quantize(
        once,
        target(),
        QuantizeParams.builder().type(QuantizationType.Q4_0).allowRequantize(true).build());
    assertThat(typeOf(GgufFile.read(target()), "blk.0.attn_q.weight")).isEqualTo(GgmlType.Q4_0);
  }

  @Test
  void theSourceMustBeAModel() throws IOException {
    Path text = Files.writeString(directory.resolve("text.gguf"), "no model");
    leavesNothing(text, to(QuantizationType.Q4_0), ModelLoadException.class, "not a GGUF file");
    leavesNothing(
        directory.resolve("missing.gguf"),
        to(QuantizationType.Q4_0),
        ModelLoadException.class,
        "no such file");
    Path unknown = TinyModel.defaults().withArchitecture("nothing").path();
    leavesNothing(
        unknown,
        to(QuantizationType.Q4_0),
        QuantizationException.class,
        unknown + ": ",
        "unknown model architecture");
  }

  @Test
  void anotherAlignmentIsRefused() throws IOException {
    Path source = TinyModel.defaults().gguf().alignment(64).write(directory.resolve("source.gguf"));
    Model.load(source).close();
    leavesNothing(
        source, to(QuantizationType.Q4_0), QuantizationException.class, ": alignment 64: ");
  }

  @Test
  void aWeightThatIsNoNumberIsNamed() throws IOException {
    float[] weights = new float[64 * 64];
    Arrays.fill(weights, Float.NaN);
    Path source =
        TinyModel.defaults()
            .gguf()
            .tensorF16("blk.1.zebra.weight", weights, 64, 64)
            .write(directory.resolve("source.gguf"));
    leavesNothing(
        source,
        to(QuantizationType.Q4_0),
        QuantizationException.class,
        source + ": ",
        "blk.1.zebra.weight");
  }

  @Test
  void aModelInSeveralFilesBecomesOne() {
    GgufWriter first = TinyModel.defaults().gguf();
    int tensors = GgufFile.read(TinyModel.defaultPath()).tensors().size();
    Path source =
        first
            .put("split.no", ValueType.UINT16, 0)
            .put("split.count", ValueType.UINT16, 2)
            .put("split.tensors.count", ValueType.INT32, tensors + 1)
            .write(directory.resolve("model-00001-of-00002.gguf"));
    new GgufWriter()
        .put("split.no", ValueType.UINT16, 1)
        .put("split.count", ValueType.UINT16, 2)
        .tensorF16("blk.1.more.weight", new float[64 * 64], 64, 64)
        .write(directory.resolve("model-00002-of-00002.gguf"));

    Model.quantize(source, target(), to(QuantizationType.Q4_0));

    GgufFile whole = GgufFile.read(target());
    assertThat(whole.tensors()).hasSize(tensors + 1);
    assertThat(whole.metadata().keySet()).noneMatch(key -> key.startsWith("split."));
    assertThat(typeOf(whole, "blk.1.more.weight")).isEqualTo(GgmlType.Q4_0);
  }

  @Test
  void theNumberOfThreadsChangesNothing() throws IOException {
    Path one = directory.resolve("one.gguf");
    QuantizeParams params = to(QuantizationType.Q4_0);
    Model.quantize(TinyModel.defaultPath(), one, params.toBuilder().threads(1).build());
    Model.quantize(TinyModel.defaultPath(), target(), params.toBuilder().threads(5).build());
    assertThat(one).hasSameBinaryContentAs(target());
  }

  @Test
  void manyQuantizeWhileAModelGenerates() throws Exception {
    GenerationRequest request =
        GenerationRequest.builder("abc").maxTokens(200).sampler(SamplerParams.greedy()).build();
    Path reference = directory.resolve("reference.gguf");
    Model.quantize(TinyModel.defaultPath(), reference, to(QuantizationType.IQ4_NL));
    try (Model model = Model.load(TinyModel.defaultPath());
        Context context = TestStreams.open(model, 512);
        ExecutorService executor = Executors.newFixedThreadPool(4)) {
      String text = context.generate(request);
      List<Future<Path>> results = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        Path file = directory.resolve(i + ".gguf");
        results.add(
            executor.submit(
                () -> {
                  Model.quantize(TinyModel.defaultPath(), file, to(QuantizationType.IQ4_NL));
                  return file;
                }));
      }
      while (!results.stream().allMatch(Future::isDone)) {
        assertThat(context.generate(request)).isEqualTo(text);
      }
      for (Future<Path> result : results) {
        assertThat(result.get()).hasSameBinaryContentAs(reference);
      }
    }
  }
}
