package dev.llamastream.cli.batch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.Locale;

/**
 * The output, which is also the journal of the run: after a kill at any moment it has whole lines,
 * and perhaps a beginning of one more, which is cut off. One process at a time writes it.
 */
final class OutputFile implements Output {

  private final Path path;
  private final boolean inOrder;
  private FileChannel file;
  private Answered answered;
  private long size;
  private int last;
  private boolean ascending;

  private OutputFile(Path path, boolean inOrder, FileChannel file) {
    this.path = path;
    this.inOrder = inOrder;
    this.file = file;
    this.answered = new Answered();
  }

  /**
   * Opens or creates the file and reads what is there.
   *
   * @throws IOException if the file cannot be written, another process writes it, or no batch wrote
   *     it
   */
  static OutputFile open(Path path, BatchFiles.Mode mode) throws IOException {
    FileChannel file = channel(path);
    OutputFile output = new OutputFile(path, mode.inOrder(), file);
    boolean opened = false;
    try {
      output.lock();
      Files.deleteIfExists(unfinished(path.toRealPath()));
      if (mode.overwrite()) {
        file.truncate(0);
      }
      output.read();
      if (mode.retryFailed() && output.answered.failed() > 0) {
        output.removeFailed();
      }
      opened = true;
      return output;
    } finally {
      if (!opened) {
        file.close();
      }
    }
  }

  private static FileChannel channel(Path path) throws IOException {
    try {
      return FileChannel.open(path, CREATE, READ, WRITE);
    } catch (IOException e) {
      throw new IOException(path + ": cannot be written: " + e, e);
    }
  }

  private void lock() throws IOException {
    try {
      if (file.tryLock() != null) {
        return;
      }
    } catch (OverlappingFileLockException e) {
      // this process has it
    }
    throw new IOException(path + ": another run writes it");
  }

  private void read() throws IOException {
    try (LineReader lines = reader()) {
      size = 0;
      InputLine line = lines.next();
      while (line != null && lines.complete()) {
        OutputLine answer = OutputLine.parse(line.bytes() == null ? new byte[0] : line.bytes());
        if (answer == null) {
          throw foreign(String.format(Locale.ROOT, "line %d is not of a batch", line.number()));
        }
        answered.add(answer);
        size = lines.position();
        line = lines.next();
      }
    }
    int repeated = answered.repeated();
    if (repeated > 0) {
      throw foreign(String.format(Locale.ROOT, "line %d of the input has two answers", repeated));
    }
    file.truncate(size);
    file.position(size);
    last = answered.last();
    ascending = answered.ascending();
  }

  private LineReader reader() throws IOException {
    return new LineReader(Files.newInputStream(path), Integer.MAX_VALUE - 64);
  }

  private IOException foreign(String reason) {
    return new IOException(
        path + ": " + reason + ": name another output with -o, or replace it with --overwrite");
  }

  /** Which lines of the input the file answered when it was opened. */
  Answered answered() {
    return answered;
  }

  /** The error for an output that does not belong to the input. */
  IOException ofAnotherInput(int line) {
    return foreign(
        String.format(
            Locale.ROOT, "it answers another input, of which line %d is different", line));
  }

  @Override
  public void write(int line, String text) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap((text + "\n").getBytes(UTF_8));
    int length = bytes.remaining();
    try {
      while (bytes.hasRemaining()) {
        int _ = file.write(bytes);
      }
    } catch (IOException e) {
      file.truncate(size); // the beginning of a line, on a full disk
      throw new IOException(
          String.format(
              Locale.ROOT,
              "%s: cannot be written: %s: %,d bytes are free there; the same command continues",
              path,
              e.getMessage(),
              Files.getFileStore(path).getUsableSpace()),
          e);
    }
    size += length;
    ascending &= line > last;
    last = line;
  }

  @Override
  public boolean canReorder() {
    return true;
  }

  @Override
  public void finish() throws IOException {
    if (inOrder && !ascending) {
      replace(new LineIndex(path).inOrder());
      ascending = true;
    }
    file.force(true);
  }

  private void removeFailed() throws IOException {
    replace(new LineIndex(path).withoutFailed());
    answered = new Answered();
    read();
  }

  /** Replaces the file at once, so that a kill leaves the old or the new one. */
  private void replace(LineIndex.Selection lines) throws IOException {
    Path target = path.toRealPath(); // a symbolic link stays one
    Path next = unfinished(target);
    FileChannel copy = FileChannel.open(next, CREATE, READ, WRITE, TRUNCATE_EXISTING);
    boolean replaced = false;
    try {
      lines.copy(file, copy);
      copy.force(true);
      PosixFileAttributeView view =
          Files.getFileAttributeView(target, PosixFileAttributeView.class);
      if (view != null) {
        Files.setPosixFilePermissions(next, view.readAttributes().permissions());
      }
      Files.move(next, target, REPLACE_EXISTING, ATOMIC_MOVE);
      replaced = true;
    } finally {
      if (!replaced) {
        copy.close();
        Files.deleteIfExists(next);
      }
    }
    file.close();
    file = copy;
    lock();
    size = file.size();
    file.position(size);
  }

  /** A replacement that a kill left unfinished, or one in the making. */
  private static Path unfinished(Path target) {
    return target.resolveSibling(target.getFileName() + ".batch~");
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
