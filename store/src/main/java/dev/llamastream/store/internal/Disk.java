package dev.llamastream.store.internal;

import dev.llamastream.store.ModelStoreException;
import dev.llamastream.store.ModelStoreException.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.ReadOnlyFileSystemException;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Files and folders of the store; every failure says what could not be done with which file. */
public final class Disk {

  private Disk() {}

  /** What is in a folder, sorted; nothing if there is no such folder. */
  public static List<Path> children(Path folder) {
    List<Path> children = new ArrayList<>();
    if (!Files.isDirectory(folder)) {
      return children;
    }
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
      stream.forEach(children::add);
    } catch (IOException e) {
      throw failure("read", folder, e);
    }
    Collections.sort(children);
    return children;
  }

  /** Writes a small file, whole or not at all. Its permissions are those of any new file. */
  public static void write(Path file, byte[] content) {
    try {
      Path folder = createFolderOf(file);
      // a temporary file of the JVM's is for its owner alone, and others may share the folder
      Path draft = folder.resolve("." + file.getFileName() + "." + UUID.randomUUID() + ".tmp");
      try {
        Files.write(draft, content, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        Files.move(
            draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(draft);
      }
    } catch (IOException e) {
      throw failure("write", file, e);
    }
  }

  /**
   * Makes a relative symbolic link. Where the system has none (Windows without the right to make
   * them), the file itself moves there, as huggingface_hub does it.
   */
  public static void link(Path file, Path link) {
    try {
      Path folder = createFolderOf(link);
      Files.deleteIfExists(link);
      try {
        Files.createSymbolicLink(link, folder.relativize(file));
      } catch (UnsupportedOperationException | IOException _) {
        Files.move(file, link, StandardCopyOption.ATOMIC_MOVE);
      }
    } catch (IOException e) {
      throw failure("make", link, e);
    }
  }

  private static Path createFolderOf(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    return Files.createDirectories(folder == null ? Path.of("/") : folder);
  }

  /** Makes a folder and those above it, as far as they are missing. Returns it. */
  public static Path createFolder(Path folder) {
    try {
      return Files.createDirectories(folder);
    } catch (IOException e) {
      throw failure("make", folder, e);
    }
  }

  /** Removes a file, if it is there. Returns the bytes that this freed. */
  public static long remove(Path file) {
    try {
      long size = Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) ? Files.size(file) : 0;
      Files.deleteIfExists(file);
      return size;
    } catch (IOException e) {
      throw failure("remove", file, e);
    }
  }

  /** Removes a folder and those above it, up to {@code root}, as far as they are empty. */
  public static void removeEmpty(@Nullable Path folder, Path root) {
    Path at = folder;
    try {
      while (at != null && at.startsWith(root) && !at.equals(root) && children(at).isEmpty()) {
        Files.deleteIfExists(at);
        at = at.getParent();
      }
    } catch (IOException e) {
      throw failure("remove", String.valueOf(at), e);
    }
  }

  /** Notes that a folder of others could not be read. It must not keep ours from being used. */
  public static void passOver(Path folder, Exception cause) {
    System.getLogger("dev.llamastream.store")
        .log(System.Logger.Level.DEBUG, folder + " is passed over", cause);
  }

  /** The exception for a failure of the file system. */
  public static ModelStoreException failure(String verb, Object file, Exception cause) {
    String why =
        switch (cause) {
          case UncheckedIOException e when e.getCause() instanceof AccessDeniedException ->
              "this user may not";
          case AccessDeniedException _ -> "this user may not";
          case ReadOnlyFileSystemException _ -> "the file system is read-only";
          case NoSuchFileException e -> "there is no " + e.getFile();
          default -> cause.getMessage() == null ? cause.toString() : cause.getMessage();
        };
    return new ModelStoreException(
        Reason.STORAGE, "cannot " + verb + " " + file + ": " + why, cause);
  }
}
