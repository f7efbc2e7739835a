package dev.llamastream.cli;

import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads typed or piped input. */
final class StandardInput {

  private StandardInput() {}

  /**
   * Standard input; empty if it was closed at startup. In that case the first file that the JVM
   * opened has file descriptor 0 and would be read instead.
   */
  static InputStream open() {
    return isFileOfTheJvm(Path.of("/proc/self/fd/0")) ? InputStream.nullInputStream() : System.in;
  }

  /** Whether a person types it, and sees what is printed. */
  static boolean isTerminal() {
    return isTerminal(System.console());
  }

  private static boolean isTerminal(@Nullable Console console) {
    return console != null && console.isTerminal();
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
