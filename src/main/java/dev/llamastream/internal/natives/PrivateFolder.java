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

/** Folders in which no other user can place a library for this process to load. */
final class PrivateFolder {

  private static final Set<PosixFilePermission> OTHERS_WRITE =
      EnumSet.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);

  private PrivateFolder() {}

  /** Creates a folder and its missing parents, accessible to the owner only. */
  static void create(Path folder) throws IOException {
    Files.createDirectories(folder, Permissions.of("rwx------"));
  }

  /**
   * A folder of this user in a place where all users may write. Created if it does not exist.
   *
   * @throws IOException also if the folder of that name belongs to another user, or is open to
   *     others
   */
  static Path in(Path temporary) throws IOException {
    if (!Permissions.known()) {
      // on Windows the temporary folder already belongs to the user
      return Files.createDirectories(temporary.resolve("llamastream"));
    }
    int uid = uid(temporary);
    Path folder = temporary.resolve("llamastream-" + uid);
    try {
      Files.createDirectory(folder, Permissions.of("rwx------"));
    } catch (FileAlreadyExistsException e) {
      // the check below decides whether it is ours
    }
    requireOnly(uid, folder);
    return folder;
  }

  /** Throws unless the path is a folder in which only this user may write. */
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

  /**
   * The numeric id of the user that this process writes as. Works without an entry in the password
   * file.
   */
  private static int uid(Path temporary) throws IOException {
    Path probe = Files.createTempFile(temporary, "llamastream", null);
    try {
      return (Integer) Files.getAttribute(probe, "unix:uid");
    } finally {
      Files.delete(probe);
    }
  }
}
