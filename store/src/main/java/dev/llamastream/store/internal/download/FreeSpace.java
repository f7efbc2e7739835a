package dev.llamastream.store.internal.download;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How much fits into a folder. */
@FunctionalInterface
public interface FreeSpace {
  /** What the file system says. */
  FreeSpace OF_DISK = folder -> Files.getFileStore(folder).getUsableSpace();

  /**
   * The bytes that may be written.
   *
   * @param folder an existing one
   */
  long usable(Path folder) throws IOException;
}
