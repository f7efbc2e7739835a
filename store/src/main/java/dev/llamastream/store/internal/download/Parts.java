package dev.llamastream.store.internal.download;

import dev.llamastream.store.internal.Disk;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What downloads leave behind when they are stopped. */
public final class Parts {

  /** Of a download, and of a mirror's archive. */
  private static final Pattern LEFT =
      Pattern.compile("(.+)\\.(?:part|part\\.ranges|part\\.ranges\\.new|zip|wheel|extracted)");

  private Parts() {}

  /**
   * Removes what is left in a folder of files that nobody downloads right now. Returns the bytes
   * that this freed.
   */
  public static long prune(Path folder) {
    long freed = 0;
    for (Path file : Disk.children(folder)) {
      Matcher matcher = LEFT.matcher(String.valueOf(file.getFileName()));
      if (matcher.matches()) {
        freed += remove(file, folder.resolve(matcher.group(1)));
      }
    }
    return freed;
  }

  private static long remove(Path left, Path target) {
    try (@Nullable TransferLock lock = TransferLock.tryLock(target)) {
      if (lock == null) {
        return 0;
      }
      long freed = 0;
      if (Files.isDirectory(left)) {
        for (Path file : Disk.children(left)) {
          freed += Disk.remove(file);
        }
      }
      return freed + Disk.remove(left);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Failures.cancelled(String.valueOf(left.getFileName()));
    }
  }
}
