package dev.llamastream.internal.threads;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessorsTest {

  @TempDir private Path folder;

  private void processor(int number, String siblings) throws IOException {
    Path topology = Files.createDirectories(folder.resolve("cpu" + number).resolve("topology"));
    Files.writeString(topology.resolve("thread_siblings_list"), siblings + "\n");
  }

  @Test
  void hyperThreadsOfACoreAreOneCore() throws IOException {
    processor(0, "0,2");
    processor(1, "1,3");
    processor(2, "0,2");
    processor(3, "1,3");
    Files.createDirectories(folder.resolve("cpu4")); // switched off
    Files.createDirectories(folder.resolve("cpufreq"));
    assertThat(Processors.cores(folder)).isEqualTo(2);
  }

  @Test
  void whereItCannotBeToldTheNumberOfProcessorsCounts() {
    assertThat(Processors.cores(folder)).isEqualTo(Integer.MAX_VALUE);
    assertThat(Processors.cores(folder.resolve("none"))).isEqualTo(Integer.MAX_VALUE);
    assertThat(Processors.physical()).isBetween(1, Processors.available());
  }
}
