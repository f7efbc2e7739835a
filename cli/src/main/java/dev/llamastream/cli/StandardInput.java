package dev.llamastream.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** What somebody typed or piped. */
final class StandardInput {

  private StandardInput() {}

  /**
   * Standard input; empty where it was closed. The first file that the JVM opened has its number
   * then, and would be read instead.
   */
  static InputStream open() {
    return isFileOfTheJvm(Path.of("/proc/self/fd/0")) ? InputStream.nullInputStream() : System.in;
  }

  private static boolean isFileOfTheJvm(Path link) {
    try {
      return Files.isSymbolicLink(link)
          && Files.readSymbolicLink(link).startsWith(Path.of(System.getProperty("java.home")));
    } catch (IOException | SecurityException e) {
      return false;
    }
  }
}
