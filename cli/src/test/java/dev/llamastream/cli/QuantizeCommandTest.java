package dev.llamastream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuantizeCommandTest {

  @TempDir private Path directory;

  @BeforeAll
  static void letChildrenReceiveSigint() {
    Sigint.letChildrenReceiveIt();
  }

  private String target() {
    return directory.resolve("target.gguf").toString();
  }

  @Test
  void printsTheSizesBeforeAndAfter() throws IOException {
    Cli quantized = Cli.call("quantize", Cli.MODEL, target(), "--type", "q4_0", "--requantize");

    assertThat(quantized.err()).isEmpty();
    assertThat(quantized.status()).isZero();
    long after = Files.size(Path.of(target()));
    assertThat(quantized.out())
        .matches(
            String.format(
                Locale.ROOT,
                "before: %,d bytes, %s\\Rafter:  %,d bytes, target.gguf \\(9\\d %%\\)\\R",
                Files.size(Path.of(Cli.MODEL)),
                Path.of(Cli.MODEL).getFileName(),
                after));
    Cli run = Cli.call("run", "-m", target(), "--temp", "0", "-n", "6", "1, 2, 3, 4, 5, 6,");
    assertThat(run.out()).startsWith(" 7, 8");
  }

  @Test
  void saysThatTheRowsDoNotFit() {
    Cli quantized =
        Cli.call("quantize", Cli.MODEL, target(), "--type", "Q4_K_M", "--requantize", "-t", "2");

    assertThat(quantized.status()).isZero();
    assertThat(quantized.out())
        .contains("Most weights are Q5_", "the rows of this model do not fit Q4_K", "256");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          quantize                                        | <source>
          quantize MODEL                                  | <target>
          quantize MODEL TARGET                           | --type
          quantize MODEL TARGET --type Q9                 | must be among F16, BF16, Q8_0
          quantize MODEL TARGET --type iq2_xs             | IQ2_XS needs an importance matrix
          quantize MODEL TARGET --type Q4_0               | --requantize takes it
          quantize MODEL TARGET --type Q4_0 --threads 513 | threads: 513
          """)
  void argumentsThatMakeNoSenseAreNamed(String arguments, String named) {
    Cli refused =
        Cli.call(arguments.replace("MODEL", Cli.MODEL).replace("TARGET", target()).split(" "));

    assertThat(refused.err()).startsWith("error: ").contains(named).doesNotContain("\tat ");
    assertThat(refused.status()).isEqualTo(2);
    assertThat(refused.out()).isEmpty();
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void aTargetThatExistsIsKept() throws IOException {
    Files.writeString(Path.of(target()), "mine");
    Cli refused = Cli.call("quantize", Cli.MODEL, target(), "--type", "Q4_0", "--requantize");

    assertThat(refused)
        .isEqualTo(
            new Cli(1, "", String.format(Locale.ROOT, "error: %s: already exists%n", target())));
    assertThat(Path.of(target())).hasContent("mine");
  }

  @Test
  void ctrlCLeavesNothing() throws Exception {
    try (WatchService watch = directory.getFileSystem().newWatchService()) {
      directory.register(watch, StandardWatchEventKinds.ENTRY_CREATE);
      Process command = start("", "--type", "Q5_1", "-t", "1");
      watch.take();
      new ProcessBuilder("kill", "-INT", Long.toString(command.pid())).start().waitFor();

      String text = new String(command.getInputStream().readAllBytes(), UTF_8);
      assertThat(command.waitFor()).isEqualTo(130);
      assertThat(text).isEqualToNormalizingNewlines("[Quantization stopped]\n");
      assertThat(directory).isEmptyDirectory();
    }
  }

  @Test
  void aFullDiskLeavesNothing() throws Exception {
    Process command = start("ulimit -f 1000; ", "--type", "Q4_0");

    String text = new String(command.getInputStream().readAllBytes(), UTF_8);
    assertThat(command.waitFor()).isEqualTo(1);
    assertThat(text)
        .startsWith("error: ")
        .contains("cannot be written", "bytes are free there")
        .hasLineCount(1);
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void inspectSaysWhatWouldBeFaster() {
    Cli inspection = Cli.call("inspect", Cli.MODEL);
    Cli json = Cli.call("inspect", "--json", Cli.MODEL);

    boolean slow = inspection.out().contains("Q4_1 has no repacked kernel on this processor; ");
    assertThat(inspection.out().contains("\nSpeed ")).isEqualTo(slow);
    assertThat(json.out().startsWith("{\"slowType\":\"Q4_1\",\"fastTypes\":[\"")).isEqualTo(slow);
  }

  /** Starts the command after a command of the shell. */
  private Process start(String before, String... options) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "bash",
                "-c",
                before + "exec \"$0\" \"$@\"",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:-UsePerfData",
                "--class-path",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "quantize",
                Cli.MODEL,
                target(),
                "--requantize"));
    command.addAll(List.of(options));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }
}
