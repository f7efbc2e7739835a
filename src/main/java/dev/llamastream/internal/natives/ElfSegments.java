package dev.llamastream.internal.natives;

import dev.llamastream.NativeLibraryException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Checks whether a shared library is as long as its headers say. Linux's linker maps the size in
 * the headers without checking the file's length. An access past the end of the file is then a bus
 * error, which ends the JVM. Other systems' linkers check this.
 */
final class ElfSegments {

  private ElfSegments() {}

  /**
   * Checks all libraries of a directory, because llama.cpp loads backends on its own.
   *
   * @throws NativeLibraryException if one was truncated
   */
  static void check(Path directory) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.so*")) {
      for (Path file : files) {
        if (Files.isRegularFile(file)) {
          checkFile(file);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      // what cannot be read cannot be loaded: the linker reports why
    }
  }

  private static void checkFile(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      long length = channel.size();
      long needed = ElfFile.read(channel).mappedLength();
      if (length < needed) {
        throw new NativeLibraryException(
            String.format(
                Locale.ROOT,
                "%s was cut short: it has %d bytes, must have %d or more",
                file,
                length,
                needed));
      }
    }
  }
}
