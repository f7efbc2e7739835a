package dev.llamastream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A {@code batch} in a JVM of its own, which can be killed. */
final class BatchProcess {

  private BatchProcess() {}

  /** Starts it after a command of the shell. Its output and its errors come together. */
  static Process start(String before, String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "bash",
                "-c",
                before + "exec \"$0\" \"$@\"",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "--class-path",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  /** Waits until the file has so many bytes more, or the process has ended. */
  static void awaitGrowth(Process process, Path file, long bytes) throws Exception {
    long before = size(file);
    while (process.isAlive() && size(file) < before + bytes) {
      Thread.sleep(1);
    }
  }

  static long size(Path file) throws IOException {
    return Files.exists(file) ? Files.size(file) : 0;
  }

  static String ended(Process process) throws Exception {
    String text = new String(process.getInputStream().readAllBytes(), UTF_8);
    process.waitFor();
    return text;
  }
}
