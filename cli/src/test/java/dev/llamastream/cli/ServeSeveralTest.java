package dev.llamastream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.fixture.ScriptedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code serve} with several models, with keys, limits and TLS. */
@Timeout(120)
class ServeSeveralTest {

  private static final String ONE = ScriptedModel.of("one").path().toString();
  private static final String TWO = ScriptedModel.of("two").path().toString();

  @TempDir private Path directory;

  private static Cli serve(String... arguments) {
    List<String> all = new ArrayList<>(List.of("serve"));
    all.addAll(List.of(arguments));
    return Cli.call(all.toArray(new String[0]));
  }

  private static void assertUsageError(Cli cli, String message) {
    assertThat(cli.err()).contains(message);
    assertThat(cli.status()).isEqualTo(2);
  }

  @Test
  void servesModelsOfOptionsAndOfAPreset() throws Exception {
    Path preset =
        Files.writeString(
            directory.resolve("models.toml"),
            "[models.second]\nmodel = '" + TWO + "'\ncontext-size = 512\n");
    try (ServeProcess server =
        ServeProcess.start(
            ONE + "=first", "--preset", preset.toString(), "--memory", "4G", "-c", "512")) {
      assertThat(server.line).contains(", second at http://127.0.0.1:");
      assertThat(server.post("/v1/completions", "{\"prompt\":\"a\",\"model\":\"first\"}"))
          .contains("\"text\":\"one\"");
      assertThat(server.post("/v1/completions", "{\"prompt\":\"a\",\"model\":\"second\"}"))
          .contains("\"text\":\"two\"");
      assertThat(server.post("/v1/completions", "{\"prompt\":\"a\",\"model\":\"third\"}"))
          .contains("there is no third");
    }
  }

  @Test
  void refusesModelsThatDoNotGoTogether() {
    assertUsageError(serve("-m", ONE + "=x", "-m", TWO + "=x"), "x is a name of both");
    assertUsageError(serve("-m", ONE, "-m", ONE), "two are called");
    assertUsageError(serve("-m", ONE, "-m", TWO, "--memory", "1K"), "--memory: 1024 bytes are");
    assertUsageError(
        serve("-m", ONE, "-m", TWO, "--model-name", "x"), "--model-name: only for a single model");
    assertUsageError(
        serve("-m", ONE, "-m", TWO, "--prefix-store", directory.toString()),
        "--prefix-store: only for a single model");
  }

  @ParameterizedTest
  @CsvSource({
    "--memory,much,'not a size such as 500M'",
    "--memory,-1G,not a size",
    "--idle-unload,10,'not a time such as 90s, 10m or 2h'",
    "--idle-unload,25h,'--idle-unload: PT25H, must be in [0, 1 day]'",
    "--rate,60/s,not a number of requests per minute",
    "--rate,9999999,'--rate: 9999999, must be in [0, 1000000]'",
    "--api-key,a b,apiKeys: each must be",
    "--tls-cert,cert.pem,both are needed",
    "--tls-key,key.pem,both are needed",
  })
  void refusesBadValues(String option, String value, String message) {
    assertUsageError(serve("-m", ONE, option, value), message);
  }

  @Test
  void saysWhatIsWrongWithAFile() throws IOException {
    Path bad = Files.writeString(directory.resolve("bad.toml"), "models = [\n");
    assertUsageError(serve("--preset", bad.toString()), bad + ":");
    Cli none = serve("--preset", directory.resolve("none.toml").toString());
    assertThat(none.status()).isEqualTo(1);
    assertThat(none.err()).startsWith("error: the preset cannot be read: ").hasLineCount(1);
    Path empty = Files.writeString(directory.resolve("keys"), "# no key\n\n");
    assertUsageError(
        serve("-m", ONE, "--api-key-file", empty.toString()), "there is no key in the file");
    Cli certificate = serve("-m", ONE, "--tls-cert", "none.pem", "--tls-key", "none.pem");
    assertThat(certificate.status()).isEqualTo(1);
    assertThat(certificate.err()).startsWith("error: --tls-cert: none.pem cannot be read");
  }

  @Test
  void theHelpSaysWhoSeesAKey() {
    assertThat(serve("--help").out())
        .contains("--preset", "--idle-unload", "--api-key-file", "--tls-cert")
        .containsPattern("All users of\\s+this\\s+machine\\s+can\\s+see\\s+it");
  }
}
