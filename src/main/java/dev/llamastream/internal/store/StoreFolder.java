package dev.llamastream.internal.store;

import dev.llamastream.internal.natives.Permissions;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The folder of a store, which other processes may use at the same time. A file appears in it as a
 * whole, and never changes. Files with other names are none of its business.
 */
final class StoreFolder {

  static final String SUFFIX = ".prefix";
  static final String TEMPORARY = ".part";

  /** A process that writes for longer than this has died. */
  private static final Duration STALE = Duration.ofHours(1);

  private final Path path;
  private final long maxBytes;
  private volatile long bytes;

  /**
   * Uses a folder, which need not exist yet.
   *
   * @param maxBytes the size of all files together
   */
  StoreFolder(Path path, long maxBytes) {
    this.path = path;
    this.maxBytes = maxBytes;
  }

  /** Creates the folder if there is none, accessible to this user only. */
  void create() throws IOException {
    createFolder();
    makeRoom(0);
  }

  private void createFolder() throws IOException {
    Files.createDirectories(path, Permissions.of("rwx------"));
  }

  Path file(String name) {
    return path.resolve(name);
  }

  /** The size of all files when it was last looked at. */
  long bytes() {
    return bytes;
  }

  /** Changes when a file appears or goes. */
  FileTime changed() throws IOException {
    return Files.getLastModifiedTime(path);
  }

  /** The names of all stored prefixes. */
  Set<String> names() throws IOException {
    Set<String> names = new HashSet<>();
    for (Entry entry : entries()) {
      if (!entry.temporary()) {
        names.add(String.valueOf(entry.file().getFileName()));
      }
    }
    return names;
  }

  private record Entry(Path file, long size, FileTime used) {
    boolean temporary() {
      return file.toString().endsWith(TEMPORARY);
    }

    boolean stale() {
      return temporary() && System.currentTimeMillis() - used.toMillis() > STALE.toMillis();
    }
  }

  private List<Entry> entries() throws IOException {
    List<Entry> entries = new ArrayList<>();
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(path, "*{" + SUFFIX + "," + TEMPORARY + "}")) {
      for (Path file : files) {
        try {
          BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
          if (attributes.isRegularFile()) {
            entries.add(new Entry(file, attributes.size(), attributes.lastModifiedTime()));
          }
        } catch (IOException e) {
          // another process removed it meanwhile, or it is not ours
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return entries;
  }

  /** The maximum size of all files together. */
  long maxBytes() {
    return maxBytes;
  }

  /**
   * Removes the least recently used files until there is room for more bytes.
   *
   * @return whether there is room now
   */
  boolean makeRoom(long needed) throws IOException {
    List<Entry> entries = entries();
    entries.sort(Comparator.comparing(Entry::used));
    long total = entries.stream().mapToLong(Entry::size).sum();
    for (Entry entry : entries) {
      boolean tooMuch = total > maxBytes - needed && !entry.temporary();
      if ((tooMuch || entry.stale()) && removed(entry.file())) {
        total -= entry.size();
      }
    }
    bytes = total;
    return total <= maxBytes - needed;
  }

  private static boolean removed(Path file) {
    try {
      Files.deleteIfExists(file);
      return true;
    } catch (IOException e) {
      return false; // on Windows, somebody may be reading it
    }
  }

  /**
   * Adds a file, and makes room for it.
   *
   * @return whether there was room: other processes may be writing files that take it
   * @throws IOException also if the file is larger than all files together may be
   */
  boolean add(String name, PrefixHeader header, MemorySegment state) throws IOException {
    createFolder();
    long size = header.fileSize();
    if (size > maxBytes) {
      throw new IOException("no room for " + size + " bytes in " + path);
    } else if (!makeRoom(size)) {
      return false;
    }
    // accessible to this user only
    Path temporary = Files.createTempFile(path, "", TEMPORARY);
    try {
      PrefixFile.write(temporary, header, state);
      Files.move(
          temporary,
          file(name),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
    makeRoom(0); // others may have added files too
    return true;
  }

  /** Adds a small file that no room is made for. */
  void addNote(String name, byte[] content) throws IOException {
    Path temporary = Files.createTempFile(path, "", TEMPORARY);
    try {
      Files.write(temporary, content);
      Files.move(
          temporary,
          file(name),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /** Marks a file as used just now. */
  void used(String name) throws IOException {
    Files.setLastModifiedTime(file(name), FileTime.fromMillis(System.currentTimeMillis()));
  }

  /** Removes a file, if it is there. */
  void remove(String name) throws IOException {
    Files.deleteIfExists(file(name));
  }
}
