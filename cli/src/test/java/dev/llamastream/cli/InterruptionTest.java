package dev.llamastream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InterruptionTest {

  @TempDir private Path directory;

  @BeforeAll
  static void letChildrenReceiveSigint() {
    Sigint.letChildrenReceiveIt();
  }

  @ParameterizedTest
  @CsvSource({"INT, 130", "TERM, 143"})
  void cancelsTheGeneration(String signal, int status) throws Exception {
    // a text that cannot end
    Path grammar = Files.writeString(directory.resolve("endless.gbnf"), "root ::= [a-z ] root");
    Process command =
        start("-n", "100000", "-c", "0", "--stats", "--grammar-file", grammar.toString(), "Once");
    InputStream out = command.getInputStream();
    String text = new String(out.readNBytes(10), UTF_8);

    new ProcessBuilder("kill", "-" + signal, Long.toString(command.pid())).start().waitFor();
    text += new String(out.readAllBytes(), UTF_8);

    assertThat(command.waitFor()).isEqualTo(status);
    assertThat(text)
        .matches("(?s)[a-z ]{10,}\\R\\[Generation cancelled]\\R\\R--- Stats ---\\R.*tokens/s\\R");
    assertThat(directory.resolve("err")).isEmptyFile();
  }

  private Process start(String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--class-path",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    command.addAll(List.of(Cli.greedyArguments(arguments)));
    return new ProcessBuilder(command).redirectError(directory.resolve("err").toFile()).start();
  }
}
