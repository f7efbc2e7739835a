package dev.llamastream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DefaultModelTest {

  private static final String[] RUN = {"run", "--temp", "0", "-n", "6", "1, 2, 3, 4, 5, 6,"};

  @TempDir private Path home;

  @BeforeEach
  void setHome() {
    System.setProperty("llamastream.home", home.toString());
  }

  @AfterEach
  void clearHome() {
    System.clearProperty("llamastream.home");
  }

  @Test
  void isFetchedOnce() throws IOException {
    fetchScript(
        String.format(
            Locale.ROOT,
            """
        model=$(dirname "$0")/%s
        echo fetched >> "$0.log"
        cp '%s' "$model"
        echo "$model"
        """,
            DefaultModel.NAME,
            Cli.MODEL));

    Cli expected = new Cli(0, String.format(Locale.ROOT, " 7, 8,%n"), "");
    assertThat(Cli.call(RUN)).isEqualTo(expected);
    assertThat(Cli.call(RUN)).isEqualTo(expected);
    assertThat(home.resolve("models/fetch.sh.log")).hasContent("fetched");
  }

  @Test
  void thatCannotBeFetchedIsAnError() throws IOException {
    fetchScript("exit 3");

    Cli failed = Cli.call(RUN);
    assertThat(failed.status()).isEqualTo(1);
    assertThat(failed.err()).startsWith("error: ").contains("fetch.sh' ended with status 3", "-m");
  }

  @Test
  void hasTheNameThatTheScriptKnows() throws Exception {
    Process script = new ProcessBuilder("sh", "../models/fetch.sh", "--path").start();
    String path = new String(script.getInputStream().readAllBytes(), UTF_8).strip();

    assertThat(script.waitFor()).isZero();
    assertThat(Path.of(path)).hasFileName(DefaultModel.NAME);
  }

  @Test
  void isKnownToAnInstallationOnly() {
    System.clearProperty("llamastream.home");

    assertThat(Cli.call(RUN))
        .isEqualTo(
            new Cli(1, "", String.format(Locale.ROOT, "error: no model: name one with -m%n")));
  }

  private void fetchScript(String text) throws IOException {
    Path models = Files.createDirectories(home.resolve("models"));
    Files.writeString(models.resolve("fetch.sh"), text);
  }
}
