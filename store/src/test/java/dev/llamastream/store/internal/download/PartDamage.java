package dev.llamastream.store.internal.download;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What crashes and users do to the files of a cut download.
 *
 * @param kind 0 for nothing
 */
record PartDamage(Path target, int kind) {

  void happens() throws IOException {
    Path part = PartFile.beside(target, ".part");
    Path journal = PartFile.beside(target, ".part.ranges");
    Files.createDirectories(target.getParent());
    Files.writeString(PartFile.beside(target, ".lock"), "stale");
    switch (kind) {
      case 1 -> Files.deleteIfExists(journal);
      case 2 -> Files.deleteIfExists(part);
      case 3 -> Files.writeString(journal, "llamastream part 1\n12");
      case 4 -> {
        if (Files.exists(part)) {
          try (RandomAccessFile file = new RandomAccessFile(part.toFile(), "rw")) {
            file.setLength(file.length() / 2);
          }
        }
      }
      case 5 -> {
        Files.writeString(PartFile.beside(target, ".part.ranges.new"), "half");
        Files.write(part, new byte[1_000_000]);
        Files.deleteIfExists(journal);
      }
      default -> {}
    }
  }
}
