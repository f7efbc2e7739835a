package dev.llamastream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MainTest {

  @Test
  void helpNamesTheCommands() {
    Cli help = Cli.call("--help");

    assertThat(help.status()).isZero();
    assertThat(help.out()).contains("Usage: llamastream ", "run ", "chat ", "serve ", "batch ");
    assertThat(help.err()).isEmpty();
  }

  @Test
  void helpOfRunNamesTheOptionsAndTheirDefaults() {
    Cli help = Cli.call("run", "--help");

    assertThat(help.status()).isZero();
    assertThat(help.out())
        .contains(
            "-m,",
            "-n,",
            "--temp",
            "--top-k",
            "--top-p",
            "--min-p",
            "--repeat-penalty",
            "--seed",
            "-c,",
            "-t,",
            "--stop",
            "--timeout",
            "--grammar-file",
            "--gpu-layers",
            "--stats")
        .containsPattern("at most\\. Default:\\s+100")
        .doesNotContain("DEFAULT-VALUE");
  }

  @Test
  void versionIsOursAndLlamaCpps() {
    Cli version = Cli.call("--version");

    assertThat(version.status()).isZero();
    assertThat(version.out())
        .matches("llamastream \\d+\\.\\d+\\.\\d+\\S*\\Rllama\\.cpp 0\\.5\\.0\\R");
  }

  @Test
  void aListThatCannotBeWrittenIsAFailure() {
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("No space left on device");
          }
        };

    assertThat(
            Main.execute(
                InputStream.nullInputStream(), full, OutputStream.nullOutputStream(), "aliases"))
        .isEqualTo(141);
  }

  @Test
  void withoutACommandItSaysWhatThereIs() {
    Cli nothing = Cli.call();

    assertThat(nothing.status()).isEqualTo(2);
    assertThat(nothing.out()).isEmpty();
    assertThat(nothing.err()).contains("Usage: llamastream ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          runn Hello              | 'runn'
          run --tempp 1 Hello     | '--tempp'
          run -n many Hello       | 'many'
          run Hello World         | 'World'
          run --temp 500 Hello    | temperature: 500.0
          run --temp NaN Hello    | temperature: NaN
          run --top-p 2 Hello     | topP: 2.0
          run -n -1 Hello         | maxTokens: -1
          run -t 1000 Hello       | threads: 1000
          run -c -1 Hello         | contextSize: -1
          run --timeout -1 Hello  | timeout: PT-1S
          run --gpu-layers -2 Hey | gpuLayers: -2
          """)
  void argumentsThatMakeNoSenseAreNamed(String arguments, String named) {
    Cli refused = Cli.call(arguments.split(" "));

    assertThat(refused.status()).isEqualTo(2);
    assertThat(refused.out()).isEmpty();
    assertThat(refused.err()).startsWith("error: ").contains(named).doesNotContain("\tat ");
  }
}
