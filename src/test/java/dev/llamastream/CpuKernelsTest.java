package dev.llamastream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.fixture.LogLines;
import dev.llamastream.fixture.TinyModel;
import dev.llamastream.gguf.GgufFile;
import dev.llamastream.internal.natives.NativeLog;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compared with what llama.cpp logs when it loads a model: the buffers that hold its weights. */
class CpuKernelsTest {

  private static final Logger LOGGER = Logger.getLogger("dev.llamastream.native");

  /** All matrices of a file of one of these are of its type. */
  private static final Set<QuantizationType> PURE =
      EnumSet.of(
          QuantizationType.Q4_0,
          QuantizationType.Q4_1,
          QuantizationType.Q5_0,
          QuantizationType.Q5_1,
          QuantizationType.Q8_0,
          QuantizationType.IQ4_NL);

  @TempDir Path directory;

  private final LogLines log = LogLines.of(LOGGER.getName());

  @AfterEach
  void stopListening() {
    log.close();
  }

  private Path quantized(QuantizationType type) {
    Path file = directory.resolve(type + ".gguf");
    Model.quantize(TinyModel.defaultPath(), file, QuantizeParams.builder().type(type).build());
    return file;
  }

  private static CpuKernels kernels(Path file) {
    return CpuKernels.of(GgufFile.readAll(file));
  }

  private List<String> remarks(Path file, ModelParams params) {
    log.clear();
    Model.load(file, params).close();
    return log.all().stream()
        .filter(line -> line.getLevel().equals(Level.INFO))
        .map(LogRecord::getMessage)
        .toList();
  }

  @Test
  void agreesWithWhatLlamaCppDoes() {
    Set<QuantizationType> repacked = EnumSet.noneOf(QuantizationType.class);
    for (QuantizationType type : PURE) {
      if (repacks(quantized(type))) {
        repacked.add(type);
      }
    }
    assertThat(CpuKernels.repackedTypes()).containsAll(repacked);
    for (QuantizationType type : PURE) {
      CpuKernels kernels = kernels(directory.resolve(type + ".gguf"));
      List<QuantizationType> fast = new ArrayList<>(kernels.fastTypes());
      fast.retainAll(PURE);
      if (repacked.contains(type) || repacked.isEmpty()) {
        assertThat(kernels.slowType()).as(type.name()).isEmpty();
        assertThat(fast).as(type.name()).isEmpty();
        assertThat(kernels.advice()).isEmpty();
      } else {
        assertThat(kernels.slowType()).as(type.name()).contains(type.tensorType());
        assertThat(fast).as(type.name()).containsExactlyInAnyOrderElementsOf(repacked);
        assertThat(kernels.advice())
            .startsWith(type.tensorType() + " has no repacked kernel on this processor; ")
            .contains(repacked.iterator().next().name());
      }
    }
  }

  /** Whether a buffer besides the ordinary one holds weights of this model. */
  private boolean repacks(Path file) {
    Level before = LOGGER.getLevel();
    boolean parents = LOGGER.getUseParentHandlers();
    LOGGER.setLevel(Level.FINE);
    LOGGER.setUseParentHandlers(false);
    try {
      log.clear();
      NativeLog.install();
      Model.load(file, ModelParams.builder().gpuLayers(0).build()).close();
    } finally {
      LOGGER.setLevel(before);
      LOGGER.setUseParentHandlers(parents);
      NativeLog.install();
    }
    assertThat(log.all()).anyMatch(line -> line.getMessage().contains("model buffer size"));
    return log.all().stream()
        .map(LogRecord::getMessage)
        .filter(line -> line.contains("model buffer size"))
        .anyMatch(line -> !line.contains("CPU model buffer") && !line.contains("CPU_Mapped"));
  }

  @Test
  void repackedTypesAreQuantizedAndTheLargestComesFirst() {
    assertThat(CpuKernels.repackedTypes())
        .isSorted()
        .doesNotContain(QuantizationType.F16, QuantizationType.BF16);
  }

  @Test
  void aModelThatIsNotQuantizedNeedsNoAdvice() {
    CpuKernels kernels = kernels(TinyModel.defaultPath());
    assertThat(kernels.slowType()).isEmpty();
    assertThat(kernels.fastTypes()).isEmpty();
    assertThat(kernels.advice()).isEmpty();
  }

  @Test
  void layersOnAGpuDoNotCount() {
    for (QuantizationType type : PURE) {
      List<GgufFile> files = GgufFile.readAll(quantized(type));
      assertThat(CpuKernels.of(files, 0).slowType()).isEmpty();
      assertThat(CpuKernels.of(files, 1).slowType()).isEqualTo(CpuKernels.of(files).slowType());
    }
  }

  @Test
  void theLoadSaysItOnce() {
    for (QuantizationType type : PURE) {
      Path file = quantized(type);
      ModelParams params = ModelParams.builder().gpuLayers(0).build();
      String advice = kernels(file).advice();
      List<String> expected = advice.isEmpty() ? List.of() : List.of(file + ": " + advice);
      assertThat(remarks(file, params)).isEqualTo(expected);
      assertThat(remarks(file, params.toBuilder().repackWeights(false).build())).isEmpty();
      assertThat(remarks(file, params.toBuilder().vocabOnly(true).build())).isEmpty();
    }
  }
}
