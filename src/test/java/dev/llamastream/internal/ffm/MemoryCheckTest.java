package dev.llamastream.internal.ffm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.llamastream.ContextCreationException;
import dev.llamastream.ContextParams;
import dev.llamastream.KvCacheType;
import dev.llamastream.ModelParams;
import dev.llamastream.fixture.TinyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryCheckTest {

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(ints = {Integer.MAX_VALUE - 256, 1 << 30})
  void refusesWhatNoMachineHas(int contextSize) {
    ModelHandle model =
        ModelHandle.load(
            TinyModel.defaults().withLayers(30).path(), ModelParams.defaults(), Set.of());
    ContextParams params =
        ContextParams.builder().contextSize(contextSize).kvCacheType(KvCacheType.F32).build();
    assertThatExceptionOfType(ContextCreationException.class)
        .isThrownBy(() -> new ContextHandle(model, params))
        .withMessageMatching("contextSize: \\d+ needs at least \\d+ MiB .* \\d+ MiB are available");
    model.close();
  }

  @Test
  void countsMemoryAndSwap() throws IOException {
    Path meminfo =
        Files.writeString(
            directory.resolve("meminfo"),
            "MemTotal: 900 kB\nMemAvailable:   500 kB\nSwapFree: 24 kB\n");
    assertThat(MemoryCheck.availableBytes(meminfo, directory)).isEqualTo(524 << 10);

    Files.writeString(directory.resolve("memory.current"), "1000\n");
    Files.writeString(directory.resolve("memory.max"), "max\n");
    assertThat(MemoryCheck.availableBytes(meminfo, directory)).isEqualTo(524 << 10);

    Files.writeString(directory.resolve("memory.max"), "5000\n");
    assertThat(MemoryCheck.availableBytes(meminfo, directory)).isEqualTo(4_000);
  }

  @Test
  void refusesNothingWhereItCannotTell() {
    assertThat(MemoryCheck.availableBytes(directory.resolve("absent"), directory))
        .isEqualTo(Long.MAX_VALUE);
  }
}
