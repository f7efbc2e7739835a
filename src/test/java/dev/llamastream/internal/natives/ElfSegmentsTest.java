package dev.llamastream.internal.natives;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.NativeLibraryException;
import dev.llamastream.fixture.ChildJvm;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ElfSegmentsTest {

  @TempDir private Path directory;

  /**
   * Arguments: a library, a directory. Cuts it to many lengths, and loads what passes the check.
   */
  static final class LoadCut {
    static void main(String[] arguments) throws IOException {
      byte[] library = Files.readAllBytes(Path.of(arguments[0]));
      int refused = 0;
      for (int length = 0; length < library.length; length += 15_013) {
        Path cut = Files.createDirectories(Path.of(arguments[1], Integer.toString(length)));
        Path file = Files.write(cut.resolve("libggml-base.so"), Arrays.copyOf(library, length));
        try {
          ElfSegments.check(cut);
          System.load(file.toString());
        } catch (NativeLibraryException | UnsatisfiedLinkError e) {
          refused++;
        }
      }
      System.out.print("refused " + (refused > 0));
    }
  }

  @Test
  void whatPassesDoesNotEndTheJvm() throws Exception {
    ChildJvm child =
        ChildJvm.run(
            LoadCut.class,
            List.of(),
            List.of("--enable-native-access=ALL-UNNAMED"),
            NativeLibrary.load().directory().resolve("libggml-base.so").toString(),
            directory.toString());
    assertThat(child.exitCode()).as(child.output()).isZero();
    assertThat(child.output()).endsWith("refused true");
  }

  /** Named by the user, or a backend that llama.cpp loads by itself. */
  @Test
  void libraryThatWasCutShortIsRefusedWithItsLength() throws Exception {
    try (var files = Files.list(NativeLibrary.load().directory())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, directory.resolve(file.getFileName()));
      }
    }
    Path backend = directory.resolve("libggml-rpc.so");
    try (FileChannel file = FileChannel.open(backend, StandardOpenOption.WRITE)) {
      file.truncate(5000);
    }
    ChildJvm child =
        ChildJvm.run(
            NativeLibraryTest.Load.class,
            List.of(),
            List.of(
                "--enable-native-access=ALL-UNNAMED", "-Dllamastream.library.path=" + directory));
    assertThat(child.exitCode()).as(child.output()).isZero();
    assertThat(child.output())
        .contains("<<refused " + backend + " was cut short: it has 5000 bytes, must have ");
  }
}
