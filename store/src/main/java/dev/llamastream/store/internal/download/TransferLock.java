package dev.llamastream.store.internal.download;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The right to download one file: one thread of one process has it. A process that dies loses it.
 */
final class TransferLock implements AutoCloseable {

  /**
   * The locks of this process. To open and close a file that it has locked would unlock it (POSIX),
   * so its other threads stay away.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  /** On Windows a deleted file that another process still has open is in the way. */
  private static final boolean REMOVABLE =
      FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

  private final Path path;
  private final FileChannel channel;

  private TransferLock(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /**
   * Takes the lock if it is free. The folder exists.
   *
   * @return null if another thread or process has it
   */
  static @Nullable TransferLock tryLock(Path target) throws InterruptedException {
    Path path = PartFile.beside(target, ".lock");
    try {
      Path real = PartFile.folder(path).toRealPath().resolve(path.getFileName());
      if (!HELD.add(real)) {
        return null;
      }
      FileChannel channel = null;
      try {
        channel = locked(real);
        return channel == null ? null : new TransferLock(real, channel);
      } finally {
        if (channel == null) {
          HELD.remove(real);
        }
      }
    } catch (ClosedByInterruptException e) {
      Thread.interrupted();
      throw new InterruptedException(e.toString());
    } catch (IOException e) {
      throw Failures.storage(path, e);
    }
  }

  private static @Nullable FileChannel locked(Path path) throws IOException {
    FileChannel channel = null;
    boolean taken = false;
    try {
      channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      taken = channel.tryLock() != null && (!REMOVABLE || isStillThere(path, channel));
      return taken ? channel : null;
    } finally {
      if (!taken && channel != null) {
        channel.close();
      }
    }
  }

  /**
   * Whether the locked file is still the one at the path: its last holder may have removed it
   * before it was locked here. Each holder gives its file a size of its own by chance, twice; a
   * file of another holder does not follow.
   */
  private static boolean isStillThere(Path path, FileChannel channel) throws IOException {
    int first = ThreadLocalRandom.current().nextInt(1, 1 << 20);
    return followsTo(first, path, channel)
        && followsTo(first + ThreadLocalRandom.current().nextInt(1, 1 << 20), path, channel);
  }

  private static boolean followsTo(int size, Path path, FileChannel channel) throws IOException {
    channel.truncate(size);
    channel.write(ByteBuffer.wrap(new byte[1]), size - 1L);
    try {
      return Files.size(path) == size;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /** Removes the file while it is still locked, and unlocks it. */
  @Override
  public void close() {
    try (channel) {
      if (REMOVABLE) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      // The file stays. The next download takes it over.
    } finally {
      HELD.remove(path);
    }
  }
}
