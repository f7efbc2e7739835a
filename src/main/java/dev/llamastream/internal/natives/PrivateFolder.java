package dev.llamastream.internal.natives;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;

/** Folders into which nobody else can put a library for us to load. */
final class PrivateFolder {

  private static final Set<PosixFilePermission> OTHERS_WRITE =
      EnumSet.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);

  private PrivateFolder() {}

  /** Makes a folder, and those above it, for their owner alone. */
  static void create(Path folder) throws IOException {
    Files.createDirectories(folder, Permissions.of("rwx------"));
  }

  /**
   * A folder of this user's own where everybody may write. Made if it is not there.
   *
   * @throws IOException also if the folder of that name is another user's, or open to others
   */
  static Path in(Path temporary) throws IOException {
    if (!Permissions.known()) {
      // Windows: the temporary folder is the user's own
      return Files.createDirectories(temporary.resolve("llamastream"));
    }
    int uid = uid(temporary);
    Path folder = temporary.resolve("llamastream-" + uid);
    try {
      Files.createDirectory(folder, Permissions.of("rwx------"));
    } catch (FileAlreadyExistsException e) {
      // ours, if what follows finds it so
    }
    requireOnly(uid, folder);
    return folder;
  }

  /** That it is a folder in which this user alone may write. */
  static void requireOnly(int uid, Path folder) throws IOException {
    PosixFileAttributes attributes =
        Files.readAttributes(folder, PosixFileAttributes.class, NOFOLLOW_LINKS);
    if (!attributes.isDirectory()
        || !Files.getAttribute(folder, "unix:uid", NOFOLLOW_LINKS).equals(uid)
        || attributes.permissions().stream().anyMatch(OTHERS_WRITE::contains)) {
      throw new IOException(
          folder + ": must be this user's folder, in which nobody else may write");
    }
  }

  /** The number of the user whom this process writes as; no entry in a password file needed. */
  private static int uid(Path temporary) throws IOException {
    Path probe = Files.createTempFile(temporary, "llamastream", null);
    try {
      return (Integer) Files.getAttribute(probe, "unix:uid");
    } finally {
      Files.delete(probe);
    }
  }
}
