package dev.llamastream.internal.ffm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;

/**
 * A file of a model at the moment when it was loaded.
 *
 * @param path the file, without symbolic links
 * @param state changes when the file is written, or another takes its place
 * @param settled whether the file was so old that another change would have changed the state
 */
public record ModelFile(Path path, String state, boolean settled) {

  /** How long the clock of a file system may stand still. */
  private static final long CLOCK_MILLIS = 2_000;

  /** The file as it is now. */
  public static ModelFile now(Path path) throws IOException {
    Path real = path.toRealPath();
    BasicFileAttributes attributes = Files.readAttributes(real, BasicFileAttributes.class);
    // nobody can set the time of the last change of the inode
    FileTime changed =
        real.getFileSystem().supportedFileAttributeViews().contains("unix")
            ? (FileTime) Files.getAttribute(real, "unix:ctime")
            : attributes.creationTime();
    long latest = Math.max(attributes.lastModifiedTime().toMillis(), changed.toMillis());
    String state =
        String.join(
            " ",
            String.valueOf(attributes.size()),
            String.valueOf(attributes.lastModifiedTime()),
            String.valueOf(changed),
            String.valueOf(attributes.fileKey()));
    return new ModelFile(real, state, System.currentTimeMillis() - latest > CLOCK_MILLIS);
  }

  /** Whether the file is still the one that was loaded. */
  public boolean unchanged() throws IOException {
    return state.equals(now(path).state());
  }
}
