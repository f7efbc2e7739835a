package dev.llamastream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunCommandTest {

  private static final String COUNTING = "1, 2, 3, 4, 5, 6,";

  @TempDir private Path directory;

  @Test
  void printsTheContinuationAndANewline() {
    assertThat(Cli.greedy("-n", "6", COUNTING))
        .isEqualTo(new Cli(0, String.format(Locale.ROOT, " 7, 8,%n"), ""));
  }

  @Test
  void deliversEachPieceAsItComes() {
    Recorder out = new Recorder(Integer.MAX_VALUE);

    Main.execute(
        InputStream.nullInputStream(),
        out,
        OutputStream.nullOutputStream(),
        Cli.greedyArguments("-n", "6", COUNTING));

    assertThat(out.writes).containsExactly(" ", "7", ",", " ", "8", ",", System.lineSeparator());
  }

  @Test
  void printsStatsAfterABlankLine() {
    Cli run = Cli.greedy("-n", "6", "--stats", COUNTING);

    assertThat(run.status()).isZero();
    assertThat(run.out())
        .containsPattern(
            "^ 7, 8,\\R\\R--- Stats ---\\RTokens: 6\\RTime: [0-9.]+ s\\RSpeed: [0-9.]+ tokens/s\\R"
                + "Characters: 6\\R")
        .contains("Time to first token: ", "Prefill: ")
        .endsWith(System.lineSeparator());
  }

  @Test
  void readsThePromptFromStandardInput() {
    String[] arguments = Cli.greedyArguments("-n", "6");

    assertThat(Cli.callWithInput(COUNTING + "\n", arguments).out()).startsWith(" 7, 8,");
    assertThat(Cli.callWithInput(COUNTING, Cli.greedyArguments("-n", "6", "-")).out())
        .startsWith(" 7, 8,");
  }

  @Test
  void aPromptIsNoFileOfArguments() throws Exception {
    Path file = Files.writeString(directory.resolve("arguments"), "--version");
    Cli run = Cli.greedy("-n", "1", "@" + file);

    assertThat(run.status()).isZero();
    assertThat(run.out()).doesNotContain("llamastream");
    assertThat(Cli.greedy("-n", "1", "--stop", "@everyone", "@everyone").status()).isZero();
  }

  @Test
  void aPromptMayBeginWithADash() {
    assertThat(Cli.greedy("-n", "1", "--", "- one\n- two\n-").status()).isZero();
    assertThat(Cli.call("run", "--help").out()).contains("[--]").contains("After '--'");
  }

  @Test
  void aByteOrderMarkIsNoPartOfTheText() throws Exception {
    assertThat(Cli.callWithInput("\uFEFF" + COUNTING, Cli.greedyArguments("-n", "6")).out())
        .isEqualTo(String.format(Locale.ROOT, " 7, 8,%n"));
    Path grammar = Files.writeString(directory.resolve("grammar"), "\uFEFFroot ::= \" x\"");
    assertThat(Cli.greedy("-n", "6", "--grammar-file", grammar.toString(), COUNTING).out())
        .startsWith(" x");
  }

  @Test
  void whatIsNotUtf8IsRefused() throws Exception {
    Path file = Files.write(directory.resolve("latin"), new byte[] {'c', 'a', 'f', (byte) 0xE9});
    Cli run = Cli.greedy("--grammar-file", file.toString(), COUNTING);
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).startsWith("error: the grammar: not UTF-8");
    Cli piped = Cli.callWithInput(Files.readAllBytes(file), Cli.greedyArguments("-n", "1"));
    assertThat(piped.status()).isEqualTo(1);
    assertThat(piped.err()).startsWith("error: standard input: not UTF-8");
  }

  /** The JVM's own files are no prompt. */
  @Test
  void aClosedStandardInputIsEmpty() throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Process process =
        new ProcessBuilder(
                "bash",
                "-c",
                "exec \"$0\" \"$@\" <&-",
                java,
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "run",
                "-m",
                System.getProperty("llamastream.test.model"))
            .redirectErrorStream(true)
            .start();
    assertThat(new String(process.getInputStream().readAllBytes(), UTF_8))
        .startsWith("error: prompt: ");
    assertThat(process.waitFor()).isEqualTo(2);
  }

  @Test
  void refusesAnEmptyPrompt() {
    Cli run = Cli.greedy("");

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).startsWith("error: prompt: ");
  }

  @Test
  void endsBeforeAStopText() {
    assertThat(Cli.greedy("--stop", "10", "--stop", "9", COUNTING).out())
        .isEqualTo(String.format(Locale.ROOT, " 7, 8, %n"));
  }

  @Test
  void saysThatTheTimeIsUp() {
    Cli run = Cli.greedy("--timeout", "0.000000001", COUNTING);

    assertThat(run).isEqualTo(new Cli(0, String.format(Locale.ROOT, "%n[Time is up]%n"), ""));
  }

  @Test
  void saysThatTheContextIsFull() {
    Cli run = Cli.greedy("-c", "256", "-n", "1000", "again ".repeat(250).strip());

    assertThat(run.status()).isZero();
    assertThat(run.out()).endsWith(String.format(Locale.ROOT, "[The context is full]%n"));
  }

  @Test
  void repeatsTheTextOfASeed() {
    String[] arguments = {
      "run", "-m", Cli.MODEL, "-n", "12", "--seed", "7", "--temp", "1.5", "Once upon a time"
    };
    Cli first = Cli.call(arguments);

    assertThat(first.out()).hasSizeGreaterThan(12);
    assertThat(Cli.call(arguments)).isEqualTo(first);
    arguments[6] = "8";
    assertThat(Cli.call(arguments).out()).isNotEqualTo(first.out());
  }

  @Test
  void followsAGrammar() throws IOException {
    Path grammar = Files.writeString(directory.resolve("answer.gbnf"), "root ::= \"maybe\"");

    assertThat(Cli.greedy("--grammar-file", grammar.toString(), "Is it?").out())
        .isEqualTo(String.format(Locale.ROOT, "maybe%n"));
  }

  @Test
  void saysWhatIsWrongWithAGrammar() throws IOException {
    Path malformed = Files.writeString(directory.resolve("malformed.gbnf"), "root ::= (");
    Path missing = directory.resolve("missing.gbnf");

    Cli withMalformed = Cli.greedy("--grammar-file", malformed.toString(), "Is it?");
    assertThat(withMalformed.status()).isEqualTo(2);
    assertThat(withMalformed.err()).startsWith("error: ").contains("grammar");
    Cli withMissing = Cli.greedy("--grammar-file", missing.toString(), "Is it?");
    assertThat(withMissing.status()).isEqualTo(1);
    assertThat(withMissing.err()).startsWith("error: ").contains(missing.toString());
  }

  @Test
  void saysInOneLineThatTheModelIsMissing() {
    String missing = directory.resolve("missing.gguf").toString();
    Cli run = Cli.call("run", "-m", missing, "Hello");

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).startsWith("error: ").contains(missing).hasLineCount(1);
  }

  @Test
  void saysInOneLineThatTheModelIsNone() throws IOException {
    String file = Files.writeString(directory.resolve("text.gguf"), "no model").toString();
    Cli run = Cli.call("run", "-m", file, "Hello");

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).startsWith("error: ").contains(file).hasLineCount(1);
  }

  @Test
  void showsWhereAnErrorCameFromWhenVerbose() {
    Cli run = Cli.call("run", "--verbose", "-m", directory.toString(), "Hello");

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).contains("error: ", "ModelLoadException", "at dev.llamastream");
  }

  @Test
  void stopsWhenNobodyReadsAnyMore() {
    Recorder out = new Recorder(2);
    ByteArrayOutputStream err = new ByteArrayOutputStream();

    int status =
        Main.execute(InputStream.nullInputStream(), out, err, Cli.greedyArguments(COUNTING));

    assertThat(status).isEqualTo(141);
    assertThat(out.writes).containsExactly(" ", "7", ",");
    assertThat(err.toString(UTF_8)).isEmpty();
  }

  /** Records each write, and fails from a certain one on. */
  private static final class Recorder extends OutputStream {
    final List<String> writes = new ArrayList<>();
    private final int limit;

    Recorder(int limit) {
      this.limit = limit;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      writes.add(new String(bytes, from, length, UTF_8));
      if (writes.size() > limit) {
        throw new IOException("Broken pipe");
      }
    }
  }
}
