package dev.llamastream.internal.natives;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;

/** File permissions, on systems that have owner, group and others. */
public final class Permissions {

  private Permissions() {}

  /** Whether this system has them; Windows does not. */
  static boolean known() {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("unix");
  }

  /**
   * Attributes for a new file or directory: {@code rwxr-xr-x} less the umask, or the system's own.
   */
  public static FileAttribute<?>[] of(String permissions) {
    return known()
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }

  /** Whether a file is marked as executable for its owner. */
  static boolean executable(Path file) {
    PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
    try {
      return view != null
          && view.readAttributes().permissions().contains(PosixFilePermission.OWNER_EXECUTE);
    } catch (IOException e) {
      return false;
    }
  }
}
