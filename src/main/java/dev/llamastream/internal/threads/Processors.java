package dev.llamastream.internal.threads;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** The processors that this process may use. */
final class Processors {

  private static final Path LINUX = Path.of("/sys/devices/system/cpu");

  private Processors() {}

  /** How many there are. The JVM counts the quota of a container and the affinity. */
  static int available() {
    return Runtime.getRuntime().availableProcessors();
  }

  /**
   * How many cores they are at most: two hyper-threads of a core compute hardly more than one.
   * Where this cannot be told, the number of processors.
   */
  static int physical() {
    return Math.min(available(), cores(LINUX));
  }

  static int cores(Path folder) {
    Set<String> cores = new HashSet<>();
    try (DirectoryStream<Path> processors = Files.newDirectoryStream(folder, "cpu[0-9]*")) {
      for (Path processor : processors) {
        Path siblings = processor.resolve("topology").resolve("thread_siblings_list");
        if (Files.exists(siblings)) { // not for a processor that is switched off
          cores.add(Files.readString(siblings));
        }
      }
    } catch (IOException e) {
      return Integer.MAX_VALUE;
    }
    return cores.isEmpty() ? Integer.MAX_VALUE : cores.size();
  }
}
