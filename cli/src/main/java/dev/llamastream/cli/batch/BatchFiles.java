package dev.llamastream.cli.batch;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The input and the output of a run. The output says which lines are done. */
public final class BatchFiles implements AutoCloseable {

  private final InputStream input;
  private final Output output;
  private final Answered answered;
  private final int total;

  private BatchFiles(InputStream input, Output output, Answered answered, int total) {
    this.input = input;
    this.output = output;
    this.answered = answered;
    this.total = total;
  }

  /**
   * What to do with an output that exists.
   *
   * @param overwrite whether to begin anew
   * @param inOrder whether the lines are in the order of the input in the end
   * @param retryFailed whether lines that have an error are done again
   */
  public record Mode(boolean overwrite, boolean inOrder, boolean retryFailed) {}

  /**
   * Reads from a file into a file.
   *
   * @throws IOException if one of them cannot be used, or the output answers another input
   */
  public static BatchFiles open(Path input, Path output, Mode mode) throws IOException {
    InputStream lines = read(input);
    OutputFile file = null;
    try {
      file = OutputFile.open(output, mode);
      InputScan scan = InputScan.of(input, file.answered());
      if (scan.different() > 0) {
        throw file.ofAnotherInput(scan.different());
      }
      BatchFiles files = new BatchFiles(lines, file, file.answered(), scan.lines());
      lines = InputStream.nullInputStream();
      file = null;
      return files;
    } finally {
      close(lines, file);
    }
  }

  /**
   * Reads once, from standard input or a pipe, into a file.
   *
   * @throws IOException if the output cannot be used, or is not empty
   */
  public static BatchFiles open(InputStream input, Path output, Mode mode) throws IOException {
    OutputFile file = OutputFile.open(output, mode);
    if (file.answered().count() > 0) {
      file.close();
      throw new IOException(
          output
              + ": not empty, and only a file as input can be continued: name another output with"
              + " -o, or replace it with --overwrite");
    }
    return new BatchFiles(input, file, file.answered(), -1);
  }

  /** Reads from a file into standard output or a pipe. */
  public static BatchFiles open(Path input, PrintWriter output) throws IOException {
    Answered none = new Answered();
    int total = Files.isRegularFile(input) ? InputScan.of(input, none).lines() : -1;
    return new BatchFiles(read(input), new StreamOutput(output), none, total);
  }

  /** Reads once, from standard input or a pipe, into standard output or a pipe. */
  public static BatchFiles open(InputStream input, PrintWriter output) {
    return new BatchFiles(input, new StreamOutput(output), new Answered(), -1);
  }

  private static InputStream read(Path input) throws IOException {
    try {
      return Files.newInputStream(input);
    } catch (IOException e) {
      throw new IOException(input + ": cannot be read: " + e, e);
    }
  }

  private static void close(InputStream input, @Nullable OutputFile output) throws IOException {
    try (input) {
      if (output != null) {
        output.close();
      }
    }
  }

  /** Whether the same command does only what is left. */
  public boolean canContinue() {
    return output.canReorder() && total >= 0;
  }

  /** Counts what is done from now on. */
  public Tally tally() {
    return new Tally(total, answered);
  }

  LineReader lines() {
    return new LineReader(input, LineParser.MAX_LINE);
  }

  Output output() {
    return output;
  }

  Answered answered() {
    return answered;
  }

  @Override
  public void close() throws IOException {
    try (input) {
      output.close();
    }
  }
}
