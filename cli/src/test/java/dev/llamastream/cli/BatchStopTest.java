package dev.llamastream.cli;

import static dev.llamastream.cli.BatchFixture.PROMPT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BatchStopTest {

  private static final int LINES = 200;
  private static final List<String> LONG =
      Collections.nCopies(LINES, "{\"prompt\":\"a\",\"max_tokens\":200}");

  @TempDir private Path directory;
  private BatchFixture batch;

  @BeforeAll
  static void letChildrenReceiveSigint() {
    Sigint.letChildrenReceiveIt();
  }

  @BeforeEach
  void files() {
    batch = BatchFixture.in(directory);
  }

  @Test
  void ctrlCLeavesAnOutputThatCanBeContinued() throws Exception {
    Files.write(batch.input(), LONG);
    Process process = BatchProcess.start("", batch.arguments(BatchFixture.ENDLESS));
    BatchProcess.awaitGrowth(process, batch.output(), 1);
    new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();

    String text = BatchProcess.ended(process);
    assertThat(text)
        .startsWith("[Stopped: ")
        .contains(" of 200 lines", "the same command continues]");
    assertThat(process.exitValue()).isEqualTo(130);
    int done = batch.answered().size();
    assertThat(done).isBetween(1, LINES - 1);
    assertThat(batch.answered()).doesNotHaveDuplicates();

    // the model that ends at once is enough for the rest
    assertThat(batch.again().status()).isZero();
    assertThat(batch.answered()).isSorted().hasSize(LINES).doesNotHaveDuplicates();
  }

  @Test
  void aFullDiskLeavesWholeLines() throws Exception {
    Files.write(batch.input(), Collections.nCopies(40, PROMPT));
    Process process = BatchProcess.start("ulimit -f 2; ", batch.arguments(BatchFixture.MODEL));

    assertThat(BatchProcess.ended(process))
        .startsWith("error: " + batch.output() + ": cannot be written: ")
        .contains("the same command continues")
        .hasLineCount(1);
    assertThat(process.exitValue()).isEqualTo(1);
    assertThat(batch.answered()).isNotEmpty().hasSizeLessThan(40);

    assertThat(batch.again().status()).isZero();
    assertThat(batch.answered()).isSorted().hasSize(40).doesNotHaveDuplicates();
  }

  @Test
  void stopsWhenNobodyReadsAnyMore() throws IOException {
    Files.write(batch.input(), Collections.nCopies(40, PROMPT));
    ClosingOutput out = new ClosingOutput();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int status =
        Main.execute(
            InputStream.nullInputStream(),
            out,
            err,
            "batch",
            batch.input().toString(),
            "-m",
            BatchFixture.MODEL.toString());

    assertThat(status).isEqualTo(141);
    assertThat(out.lines).isBetween(3, 10); // answers may be on their way
    assertThat(err.toString(UTF_8)).isEmpty();
  }

  /** Takes two lines. */
  private static final class ClosingOutput extends OutputStream {
    int lines;

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      if (++lines > 2) {
        throw new IOException("Broken pipe");
      }
    }
  }
}
