package dev.llamastream;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What this process has open or mapped, where that can be seen. */
final class OpenFiles {

  private static final Path SELF = Path.of("/proc/self");

  private OpenFiles() {}

  static void assertNoneIn(Path directory) {
    assertThat(Files.exists(SELF) && anyIn(directory)).as("a file that is still open").isFalse();
  }

  /** Shows that the other assertion can fail. */
  static void assertSomeIn(Path directory) {
    assertThat(!Files.exists(SELF) || anyIn(directory)).as("a file that is open").isTrue();
  }

  private static boolean anyIn(Path directory) {
    try (Stream<Path> open = Files.list(SELF.resolve("fd"))) {
      return Files.readString(SELF.resolve("maps")).contains(directory.toString())
          || open.anyMatch(link -> target(link).startsWith(directory));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path target(Path link) {
    try {
      return Files.readSymbolicLink(link);
    } catch (IOException e) {
      return link; // closed meanwhile
    }
  }
}
