package dev.llamastream.store.internal.download;

import dev.llamastream.store.internal.Disk;
import java.nio.file.Path;

/** What downloads leave behind when they are stopped. */
public final class Parts {

  private Parts() {}

  /**
   * Removes the parts in a folder that nobody downloads right now. Returns the bytes that this
   * freed.
   */
  public static long prune(Path folder) {
    long freed = 0;
    for (Path file : Disk.children(folder)) {
      if (file.getFileName().toString().matches(".*\\.part(\\..*)?")) {
        freed += Disk.remove(file);
      }
    }
    return freed;
  }
}
