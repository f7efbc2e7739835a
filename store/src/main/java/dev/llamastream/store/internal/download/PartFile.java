package dev.llamastream.store.internal.download;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The part of a file that has come, and its journal. Both are beside the target.
 *
 * <p>Nothing here uses a channel: an interrupt would close it.
 */
final class PartFile {

  private final Path target;
  private final Path part;
  private final Path journal;

  PartFile(Path target) {
    this.target = target;
    part = beside(target, ".part");
    journal = beside(target, ".part.ranges");
  }

  /** The folder of a file whose path has at least a name. */
  static Path folder(Path file) {
    Path absolute = file.toAbsolutePath();
    Path parent = absolute.getParent();
    return parent == null ? absolute : parent;
  }

  static Path beside(Path target, String suffix) {
    return target.resolveSibling(target.getFileName() + suffix);
  }

  /** What an earlier download has left, if it can be continued; otherwise an empty journal. */
  Journal load(long size, String sha256) {
    Journal none = new Journal(size, sha256, "", new Ranges());
    Journal left = read(none);
    boolean same = left.sha256().equals(sha256) && (size < 0 || left.size() == size);
    boolean joinable = !sha256.isEmpty() || !left.validator().isEmpty();
    return same && joinable ? left : none;
  }

  /** The bytes that an earlier download has left. */
  long present() {
    return read(new Journal(-1, "", "", new Ranges())).done().total();
  }

  private Journal read(Journal otherwise) {
    try (FileInputStream in = new FileInputStream(journal.toFile())) {
      Journal read = Journal.parse(new String(in.readAllBytes(), UTF_8)).orElse(otherwise);
      boolean fits = read.size() < 0 || read.done().end() <= read.size();
      return fits && read.done().end() <= Files.size(part) ? read : otherwise;
    } catch (IOException e) {
      // Absent or unreadable: the download starts anew.
      return otherwise;
    }
  }

  /**
   * Writes the journal.
   *
   * @param sync whether the bytes must be on the disk before
   */
  void save(Journal state, boolean sync) {
    Path fresh = beside(target, ".part.ranges.new");
    try {
      if (sync) {
        sync();
      }
      try (FileOutputStream out = new FileOutputStream(fresh.toFile())) {
        out.write(state.text().getBytes(UTF_8));
      }
      Files.move(fresh, journal, ATOMIC_MOVE);
    } catch (IOException e) {
      throw Failures.storage(journal, e);
    }
  }

  private void sync() throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(part.toFile(), "rw")) {
      file.getFD().sync();
    }
  }

  /** Another handle on the part, which is made if it is absent. */
  RandomAccessFile open() {
    try {
      return new RandomAccessFile(part.toFile(), "rw");
    } catch (IOException e) {
      throw Failures.storage(part, e);
    }
  }

  FileInputStream read() throws IOException {
    return new FileInputStream(part.toFile());
  }

  Path path() {
    return part;
  }

  void forgetJournal() {
    delete(journal);
  }

  void delete() {
    delete(part);
    delete(journal);
    delete(beside(target, ".part.ranges.new"));
  }

  private static void delete(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw Failures.storage(path, e);
    }
  }

  /** Cuts off what an earlier download of a larger file has left. */
  void truncate(long size) {
    try (RandomAccessFile file = new RandomAccessFile(part.toFile(), "rw")) {
      file.setLength(size);
      file.getFD().sync();
    } catch (IOException e) {
      throw Failures.storage(part, e);
    }
  }

  /** Makes it the target. */
  void finish() {
    try {
      Files.move(part, target, ATOMIC_MOVE);
    } catch (IOException e) {
      throw Failures.storage(target, e);
    }
    delete();
  }
}
