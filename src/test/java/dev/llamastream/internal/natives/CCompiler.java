package dev.llamastream.internal.natives;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;

/** The machine's C compiler. */
final class CCompiler {

  private CCompiler() {}

  /** Runs it, and fails if it fails. */
  static void run(String... arguments) throws Exception {
    List<String> command =
        Stream.concat(Stream.of(System.getenv().getOrDefault("CC", "cc")), Stream.of(arguments))
            .toList();
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as("%s%n%s", command, output).isZero();
  }
}
