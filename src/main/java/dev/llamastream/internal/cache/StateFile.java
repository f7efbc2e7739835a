package dev.llamastream.internal.cache;

import dev.llamastream.StateException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Reads and writes saved states, and never accepts a partly written file. */
public final class StateFile {

  private static final int CHUNK = 1 << 26;

  private StateFile() {}

  /** Writes next to the target file, then renames. */
  public static void write(Path path, MemorySegment image) {
    Path target = path.toAbsolutePath();
    try {
      Path temporary =
          Files.createTempFile(target.getParent(), target.getFileName().toString(), ".part");
      try {
        try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
          for (long from = 0; from < image.byteSize(); from += CHUNK) {
            ByteBuffer bytes =
                image.asSlice(from, Math.min(CHUNK, image.byteSize() - from)).asByteBuffer();
            while (bytes.hasRemaining()) {
              channel.write(bytes);
            }
          }
          channel.force(true);
        }
        Files.move(
            temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      throw new StateException(path + ": " + e, e);
    }
  }

  /** Reads into memory of the arena, so that other processes can change the file without risk. */
  public static MemorySegment read(Path path, Arena arena) {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      MemorySegment image = arena.allocate(Math.max(1, channel.size()));
      for (long from = 0; from < image.byteSize(); ) {
        ByteBuffer bytes =
            image.asSlice(from, Math.min(CHUNK, image.byteSize() - from)).asByteBuffer();
        int read = channel.read(bytes);
        if (read < 0) {
          return image.asSlice(0, from);
        }
        from += read;
      }
      return image;
    } catch (IOException e) {
      throw new StateException(path + ": " + e, e);
    }
  }
}
