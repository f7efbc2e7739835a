package dev.llamastream.internal.natives;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * Checks whether a directory's files are unchanged since extraction. A file next to them has a line
 * "size crc32c name" for each. This detects damage, not malice: a user who can change a library
 * there can also change its sum. CRC32C takes some milliseconds for all of them. SHA-256, before
 * the JVM has compiled it, took hundreds.
 */
final class FileSums {

  static final String NAME = ".sums";

  private FileSums() {}

  /** Records the sizes and sums of these files. */
  static void write(Path directory, Collection<String> files) throws IOException {
    Files.write(directory.resolve(NAME), lines(directory, files));
  }

  /** Whether the directory holds exactly these files, unchanged. */
  static boolean match(Path directory, Collection<String> files) {
    try {
      return Set.copyOf(Files.readAllLines(directory.resolve(NAME)))
          .equals(Set.copyOf(lines(directory, files)));
    } catch (IOException e) {
      // what cannot be read cannot be loaded
      return false;
    }
  }

  private static List<String> lines(Path directory, Collection<String> files) throws IOException {
    List<String> lines = new ArrayList<>();
    byte[] buffer = new byte[1 << 16];
    for (String file : files) {
      CRC32C sum = new CRC32C();
      long size = 0;
      try (InputStream in = Files.newInputStream(directory.resolve(file))) {
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          sum.update(buffer, 0, n);
          size += n;
        }
      }
      lines.add(String.format(Locale.ROOT, "%d %08x %s", size, sum.getValue(), file));
    }
    return lines;
  }
}
