package dev.llamastream.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.llamastream.Context;
import dev.llamastream.ContextParams;
import dev.llamastream.InvalidValueException;
import dev.llamastream.Model;
import dev.llamastream.ModelParams;
import dev.llamastream.fixture.GgufWriter;
import dev.llamastream.fixture.GgufWriter.ValueType;
import dev.llamastream.fixture.TinyGpt2;
import dev.llamastream.fixture.TinyModel;
import dev.llamastream.fixture.TinySlidingWindow;
import dev.llamastream.gguf.GgufFile;
import dev.llamastream.internal.natives.NativeLibrary;
import dev.llamastream.internal.natives.NativeLog;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Compared with the sizes of the buffers that libllama logs, which have two decimals. */
class MemoryNeedTest {

  private static final Logger LOGGER = Logger.getLogger("dev.llamastream.native");
  private static final double MIB = 1 << 20;
  private static final double ROUNDED = 0.0051;

  @TempDir Path folder;

  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord line) {
          lines.add(line.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void listen() {
    handler.setLevel(Level.ALL);
    LOGGER.addHandler(handler);
    LOGGER.setLevel(Level.FINE);
    LOGGER.setUseParentHandlers(false);
    NativeLibrary.load();
    NativeLog.install();
  }

  @AfterEach
  void stopListening() {
    LOGGER.removeHandler(handler);
    LOGGER.setLevel(null);
    LOGGER.setUseParentHandlers(true);
    NativeLog.install();
  }

  /** The sum of the buffers of one kind, in MiB. */
  private double logged(String kind) {
    Pattern pattern = Pattern.compile(kind + " +buffer size = +([0-9.]+) MiB");
    return lines.stream()
        .map(pattern::matcher)
        .filter(Matcher::find)
        .mapToDouble(matcher -> Double.parseDouble(matcher.group(1)))
        .sum();
  }

  static Stream<Arguments> models() {
    Path smollm2 = Path.of("..", "models");
    return Stream.of(
        Arguments.of(smollm2.resolve("SmolLM2-135M-Instruct.Q4_1.gguf"), 256),
        Arguments.of(smollm2.resolve("SmolLM2-135M-Instruct.Q4_1.gguf"), 1000),
        Arguments.of(smollm2.resolve("SmolLM2-135M-Instruct.Q4_1.gguf"), 4096),
        Arguments.of(TinyModel.defaultPath(), 512),
        Arguments.of(TinySlidingWindow.path(), 1024),
        Arguments.of(new TinyGpt2(256).path(), 256));
  }

  @ParameterizedTest
  @MethodSource("models")
  void agreesWithWhatLibllamaAllocates(Path file, int contextSize) {
    MemoryNeed need = MemoryNeed.of(GgufFile.readAll(file), contextSize);
    // repacked weights are in a second buffer, with gaps in the first
    ModelParams params = ModelParams.builder().gpuLayers(0).repackWeights(false).build();
    try (Model model = Model.load(file, params);
        Context context =
            new Context(model, ContextParams.builder().contextSize(contextSize).build())) {
      assertThat(need.contextSize()).isEqualTo(context.contextSize());
    }

    assertThat(need.weights() / MIB).isCloseTo(logged("model"), within(ROUNDED));
    assertThat(need.kvCache() / MIB).isCloseTo(logged("KV"), within(ROUNDED)).isPositive();
    double reserved = logged("compute") + logged("output");
    assertThat(need.compute() / MIB).isBetween(reserved / 2, reserved * 2);
  }

  private MemoryNeed need(String architecture, Object... sizes) {
    GgufWriter gguf = new GgufWriter().put("general.architecture", architecture);
    for (int i = 0; i < sizes.length; i += 2) {
      String key = architecture + "." + sizes[i];
      switch (sizes[i + 1]) {
        case Integer size -> gguf.put(key, size);
        case List<?> list -> gguf.put(key, ValueType.INT32, list);
        default -> throw new AssertionError(sizes[i + 1]);
      }
    }
    Path file = folder.resolve("model.gguf");
    gguf.write(file);
    return MemoryNeed.of(GgufFile.readAll(file), 1000);
  }

  private static double cache(MemoryNeed need) {
    return need.kvCache() / MIB;
  }

  private static Object[] sizes(int layers, Object heads, Object keyHeads, Object... others) {
    return Stream.concat(
            Stream.of(
                "block_count",
                layers,
                "embedding_length",
                256,
                "feed_forward_length",
                384,
                "attention.head_count",
                heads,
                "attention.head_count_kv",
                keyHeads),
            Stream.of(others))
        .toArray();
  }

  /** What libllama logs for its own test's models of these architectures (test-llama-archs). */
  @Test
  void agreesForOtherKindsOfMemory() {
    Object[] mamba = {"ssm.conv_kernel", 4, "ssm.inner_size", 512, "ssm.state_size", 128};
    Object[] mamba2 = {
      "ssm.conv_kernel", 4, "ssm.inner_size", 512, "ssm.state_size", 128, "ssm.group_count", 2
    };
    Object[] delta = {
      "ssm.conv_kernel", 4, "ssm.inner_size", 256, "ssm.state_size", 128, "ssm.group_count", 2
    };
    List<Integer> mixed = List.of(2, 0);

    assertThat(cache(need("llama", sizes(2, 2, 2)))).isEqualTo(2);
    assertThat(cache(need("llama", sizes(2, 2, 1)))).isEqualTo(1);
    assertThat(cache(need("bert", sizes(2, 2, 2)))).isZero();
    assertThat(cache(need("mamba2", sizes(2, 2, 2, mamba2)))).isCloseTo(0.52, within(0.006));
    assertThat(cache(need("jamba", sizes(2, mixed, mixed, mamba)))).isCloseTo(1.26, within(0.006));
    assertThat(cache(need("falcon-h1", sizes(2, 2, 2, mamba2)))).isCloseTo(2.52, within(0.006));
    assertThat(cache(need("lfm2", sizes(2, mixed, mixed, "shortconv.l_cache", 3))))
        .isCloseTo(1.00, within(0.006));
    assertThat(
            cache(
                need(
                    "qwen35",
                    sizes(2, 2, 2, concat(delta, "attention.recurrent_layers", List.of(1, 0))))))
        .isCloseTo(1.13, within(0.006));
    assertThat(cache(need("qwen35", sizes(2, 2, 2, concat(delta, "full_attention_interval", 2)))))
        .isCloseTo(1.13, within(0.006));
    assertThat(
            cache(
                need(
                    "kimi-linear",
                    "block_count",
                    2,
                    "embedding_length",
                    128,
                    "attention.head_count",
                    List.of(1, 0),
                    "attention.head_count_kv",
                    List.of(1, 0),
                    "attention.key_length",
                    576,
                    "attention.value_length",
                    512,
                    "attention.key_length_mla",
                    192,
                    "ssm.conv_kernel",
                    4,
                    "kda.head_dim",
                    128)))
        .isCloseTo(1.19, within(0.006));
  }

  private static Object[] concat(Object[] first, Object... second) {
    return Stream.concat(Stream.of(first), Stream.of(second)).toArray();
  }

  @Test
  void someLayersKeepNothing() {
    assertThat(cache(need("gemma4", sizes(4, 2, 2, "attention.shared_kv_layers", 3)))).isEqualTo(1);
    assertThat(cache(need("glm4moe", sizes(3, 2, 2, "nextn_predict_layers", 1)))).isEqualTo(2);
    assertThat(
            cache(
                need(
                    "gemma4",
                    sizes(
                        2,
                        2,
                        2,
                        "attention.sliding_window_pattern",
                        List.of(1, 0),
                        "attention.key_length_swa",
                        64,
                        "attention.value_length_swa",
                        64))))
        .isEqualTo(1.5);
  }

  @Test
  void aContextOf0IsTheModels() {
    Path file = TinyModel.defaultPath();
    List<GgufFile> files = GgufFile.readAll(file);
    int trained =
        Integer.parseInt(files.getFirst().metadata().get("llama.context_length").toString());

    assertThat(MemoryNeed.of(files, 0).contextSize()).isEqualTo(Math.ceilDiv(trained, 256) * 256);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, Integer.MIN_VALUE, Integer.MAX_VALUE})
  void aContextHasARange(int contextSize) {
    List<GgufFile> files = GgufFile.readAll(TinyModel.defaultPath());

    assertThatThrownBy(() -> MemoryNeed.of(files, contextSize))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageContaining("contextSize: " + contextSize);
  }

  @Test
  void noFilesAreRefused() {
    assertThatThrownBy(() -> MemoryNeed.of(List.of(), 1)).isInstanceOf(InvalidValueException.class);
  }

  @Test
  void noSizeOverflows() {
    MemoryNeed need =
        need(
            "llama",
            "block_count",
            Integer.MAX_VALUE,
            "embedding_length",
            Integer.MAX_VALUE,
            "feed_forward_length",
            Integer.MAX_VALUE,
            "attention.head_count",
            Integer.MAX_VALUE,
            "attention.key_length",
            Integer.MAX_VALUE,
            "attention.value_length",
            -1);

    assertThat(need.kvCache()).isPositive();
    assertThat(need.total()).isGreaterThanOrEqualTo(need.kvCache());
    assertThat(need.fits(Long.MAX_VALUE - 1)).isFalse();
    assertThat(cache(need("unheard-of"))).isZero();
  }

  @Test
  void itFitsIfThereIsEnough() {
    MemoryNeed need = MemoryNeed.of(GgufFile.readAll(TinyModel.defaultPath()), 256);

    assertThat(need.total()).isEqualTo(need.weights() + need.kvCache() + need.compute());
    assertThat(need.fits(need.total())).isTrue();
    assertThat(need.fits(need.total() - 1)).isFalse();
    assertThat(need).asString().matches("0\\.0 GB: weights 0\\.0 GB, context of 256 tokens .* GB");
  }

  @Test
  void theMachinesMemoryIsThatOfTheContainer() {
    assertThat(MemoryNeed.machineMemory())
        .isEqualTo(
            ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class)
                .getTotalMemorySize())
        .isGreaterThan(Runtime.getRuntime().maxMemory() / 8);
  }
}
