package dev.llamastream.cli.chat;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The file with what was typed. Only its owner may read it. */
final class HistoryFile {

  private static final Set<PosixFilePermission> FOLDER =
      PosixFilePermissions.fromString("rwx------");
  private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");

  private HistoryFile() {}

  /** Where the system's rules say a program keeps such a file. Empty if they name no place. */
  static Optional<Path> path(
      Map<String, String> environment, Function<String, @Nullable String> properties) {
    Optional<Path> home = absolute(properties.apply("user.home")).filter(Files::isDirectory);
    Optional<Path> base =
        String.valueOf(properties.apply("os.name")).startsWith("Mac")
            ? home.map(path -> path.resolve("Library").resolve("Application Support"))
            // the XDG Base Directory Specification says to ignore relative paths
            : absolute(environment.get("XDG_STATE_HOME"))
                .or(() -> home.map(path -> path.resolve(".local").resolve("state")));
    return base.map(path -> path.resolve("llamastream").resolve("chat_history"));
  }

  private static Optional<Path> absolute(@Nullable String value) {
    try {
      return Optional.ofNullable(value)
          .filter(name -> !name.isBlank())
          .map(Path::of)
          .filter(Path::isAbsolute);
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  /**
   * Creates the file if it does not exist, and takes away what others may do with it.
   *
   * @throws IOException if it cannot be used
   */
  static void prepare(Path file) throws IOException {
    boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
    FileAttribute<?>[] none = {};
    Files.createDirectories(file.getParent(), posix ? attributes(FOLDER) : none);
    try {
      Files.createFile(file, posix ? attributes(FILE) : none);
    } catch (FileAlreadyExistsException e) {
      if (posix) {
        Files.setPosixFilePermissions(file, FILE);
      }
    }
  }

  private static FileAttribute<?>[] attributes(Set<PosixFilePermission> permissions) {
    return new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)};
  }
}
