package dev.llamastream.cli;

import static dev.llamastream.cli.BatchFixture.PROMPT;
import static dev.llamastream.cli.BatchFixture.openAi;
import static java.nio.file.StandardOpenOption.APPEND;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BatchResumeTest {

  private static final Path NO_MODEL = Path.of("missing.gguf");
  private static final String SECOND = "{\"prompt\":\"b\"}";
  private static final String OPENAI = openAi("a", "/v1/completions", PROMPT);

  @TempDir private Path directory;
  private BatchFixture batch;

  @BeforeEach
  void files() {
    batch = BatchFixture.in(directory);
  }

  /** What was written, without its last line. */
  private String runAndLoseTheLastLine(List<String> lines) throws IOException {
    assertThat(batch.run(lines).status()).isZero();
    List<String> written = Files.readAllLines(batch.output());
    String kept = String.join("\n", written.subList(0, written.size() - 1)) + "\n";
    Files.writeString(batch.output(), kept);
    return kept;
  }

  @Test
  void whatIsDoneNeedsNoModel() throws IOException {
    batch.run(List.of(PROMPT, OPENAI));
    String before = Files.readString(batch.output());
    Cli run = batch.again(NO_MODEL);

    assertThat(run)
        .isEqualTo(new Cli(0, "", String.format(Locale.ROOT, "2 of 2 lines, 0 errors%n")));
    assertThat(batch.output()).hasContent(before);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "{\"line\":3,\"crc\":\"00000000\",\"text\":\"whole\"}"})
  void doesWhatIsLeftAndCutsOffHalfALine(String half) throws IOException {
    String kept = runAndLoseTheLastLine(List.of(PROMPT, OPENAI, SECOND));
    Files.writeString(batch.output(), half, APPEND);
    Cli run = batch.again();

    assertThat(run.err()).startsWith("3 of 3 lines in ");
    assertThat(run.status()).isZero();
    assertThat(Files.readString(batch.output())).startsWith(kept);
    assertThat(batch.answered()).containsExactly(1, 2, 3);
  }

  @Test
  void anInputThatHasGrownIsContinued() throws IOException {
    batch.run(List.of(PROMPT, OPENAI));
    Cli run = batch.run(List.of(PROMPT, OPENAI, SECOND));

    assertThat(run.status()).isZero();
    assertThat(batch.answered()).containsExactly(1, 2, 3);
  }

  @Test
  void anAnsweredLineStillHasItsCustomId() throws IOException {
    runAndLoseTheLastLine(List.of(OPENAI, PROMPT));
    Files.writeString(batch.input(), String.join("\n", OPENAI, PROMPT, OPENAI));

    assertThat(batch.again().status()).isEqualTo(3);
    assertThat(batch.answers().get(2).at("/error/code").textValue())
        .isEqualTo("duplicate_custom_id");
  }

  @Test
  void theOutputOfAnotherInputIsKept() throws IOException {
    batch.run(List.of(PROMPT, SECOND));
    String before = Files.readString(batch.output());

    Cli changed = batch.run(List.of(SECOND, SECOND));
    assertThat(changed.err())
        .isEqualTo(
            String.format(
                Locale.ROOT,
                "error: %s: it answers another input, of which line 1 is different: name another"
                    + " output with -o, or replace it with --overwrite%n",
                batch.output()));
    assertThat(changed.status()).isEqualTo(1);
    Cli shorter = batch.run(List.of(PROMPT));
    assertThat(shorter.err()).contains("another input, of which line 2 is different");
    assertThat(shorter.status()).isEqualTo(1);
    assertThat(batch.output()).hasContent(before);
    assertThat(batch.again("--overwrite").status()).isZero();
    assertThat(batch.answered()).containsExactly(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "my notes\n",
        "{\"text\":\"a\"}\n",
        "{\"id\":\"batch_req_x\",\"custom_id\":\"a\"}\n",
        "{\"line\":0,\"crc\":\"00000000\"}\n",
        "{\"line\":99999999999,\"crc\":\"00000000\"}\n",
        "[]\n{}"
      })
  void aFileThatIsNoOutputIsKept(String content) throws IOException {
    Files.writeString(batch.output(), content);
    Cli run = batch.run(List.of(PROMPT));

    assertThat(run.err()).startsWith("error: " + batch.output() + ": line 1 is not of a batch: ");
    assertThat(run.status()).isEqualTo(1);
    assertThat(Files.readString(batch.output())).isEqualTo(content);
  }

  @Test
  void anAnswerMustNotBeThereTwice() throws IOException {
    batch.run(List.of(PROMPT));
    Files.writeString(batch.output(), Files.readString(batch.output()).repeat(2));
    Cli run = batch.again();

    assertThat(run.err()).contains("line 1 of the input has two answers");
    assertThat(run.status()).isEqualTo(1);
  }

  @Test
  void onlyOneRunWritesAnOutput() throws IOException {
    try (FileChannel file =
            FileChannel.open(batch.output(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock _ = file.lock()) {
      Cli run = batch.run(List.of(PROMPT));

      assertThat(run.err())
          .isEqualTo(
              String.format(Locale.ROOT, "error: %s: another run writes it%n", batch.output()));
      assertThat(run.status()).isEqualTo(1);
    }
  }

  @Test
  void standardInputCannotBeContinued() throws IOException {
    String[] arguments = batch.arguments(BatchFixture.MODEL);
    arguments[1] = "-";
    assertThat(Cli.callWithInput(PROMPT, arguments).status()).isZero();
    Cli again = Cli.callWithInput(PROMPT, arguments);

    assertThat(again.err()).contains("not empty, and only a file as input can be continued");
    assertThat(again.status()).isEqualTo(1);
    assertThat(batch.answered()).containsExactly(1);
  }

  @Test
  void failedLinesAreDoneAgainIfAskedFor() throws IOException {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      lines.add(
          i % 3 == 1
              ? "{\"prompt\":\"a\",\"max_tokens\":8000}" // endless, which takes too long
              : "{\"prompt\":\"a\",\"max_tokens\":1}");
    }
    Files.write(batch.input(), lines);
    Cli first = batch.again(BatchFixture.ENDLESS, "--timeout", "0.2", "--retries", "0");
    assertThat(first.err()).contains("20 of 20 lines", ", 7 errors");
    assertThat(first.status()).isEqualTo(3);
    assertThat(batch.answered()).isSorted().hasSize(20);
    assertThat(batch.answers().get(1).at("/error/code").textValue()).isEqualTo("timeout");
    Files.setPosixFilePermissions(batch.output(), PosixFilePermissions.fromString("rw-rw----"));
    Path link = Files.createSymbolicLink(directory.resolve("link"), batch.output());

    assertThat(batch.again(NO_MODEL).status()).isEqualTo(3);
    BatchFixture linked = new BatchFixture(batch.input(), link);
    Cli second = linked.again("--retry-failed");

    assertThat(second.err()).contains("20 of 20 lines in ", ", 0 errors");
    assertThat(second.status()).isZero();
    assertThat(batch.answered()).isSorted().hasSize(20).doesNotHaveDuplicates();
    assertThat(Files.getPosixFilePermissions(batch.output())).hasSize(4);
    assertThat(link).isSymbolicLink();
    assertThat(directory.toFile().list())
        .containsExactlyInAnyOrder("in.jsonl", "out.jsonl", "link");
  }

  @Test
  void theOrderIsThatOfTheInputOrAsFinished() throws IOException {
    List<String> lines = new ArrayList<>(List.of("{\"prompt\":\"a\",\"max_tokens\":600}"));
    for (int i = 0; i < 9; i++) {
      lines.add("{\"prompt\":\"a\",\"max_tokens\":1}");
    }
    Files.write(batch.input(), lines);
    batch.again(BatchFixture.ENDLESS, "--order", "finished");
    assertThat(batch.answered()).hasSize(10).endsWith(1);

    lines.add("{\"prompt\":\"b\",\"max_tokens\":1}");
    Files.write(batch.input(), lines);
    batch.again(BatchFixture.ENDLESS);
    assertThat(batch.answered()).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);

    batch.again(BatchFixture.ENDLESS, "--overwrite");
    assertThat(batch.answered()).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
  }
}
