package dev.llamastream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.llamastream.fixture.ServedModel;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The commands for models, with a web server that has the test's model. */
class ModelCommandsTest {

  private ServedModel server;
  private String name;

  @BeforeEach
  void serve() throws IOException {
    server = new ServedModel(Path.of(Cli.MODEL));
    name = server.name();
  }

  @AfterEach
  void stop() {
    server.close();
    Cli.call("rm", name);
  }

  @Test
  void aModelIsPulledShownUsedAndRemoved() throws IOException {
    Cli pulled = Cli.call("pull", name);
    assertThat(pulled.status()).isZero();
    assertThat(pulled.err()).contains("Pulling " + name + ": 98.4 MB").contains("100 %");
    assertThat(pulled.out()).endsWith("small.gguf  98.4 MB\n");
    server.close();

    Path path = Path.of(Cli.call("path", name).out().strip());
    assertThat(path).hasSameBinaryContentAs(Path.of(Cli.MODEL));
    assertThat(Cli.call("list").out())
        .containsPattern("NAME +SIZE +TYPE +PARAMETERS +CONTEXT +LAST USED +IN\n")
        .containsPattern(name + " +98.4 MB +Q4_1 +135 M +8192 +never +llamastream's store\n");
    Cli run = Cli.call("run", "-m", name, "--temp", "0", "-n", "6", "1, 2, 3, 4, 5, 6,");
    assertThat(run).isEqualTo(new Cli(0, " 7, 8,\n", ""));
    assertThat(Cli.call("ls").out()).contains("just now");

    assertThat(json("inspect", "--json", name).path("parameters").asLong()).isEqualTo(134515008);
    JsonNode listed = json("list", "--json").get(0);
    assertThat(listed.path("name").asText()).isEqualTo(name);
    assertThat(listed.path("quantization").asText()).isEqualTo("Q4_1");
    assertThat(listed.path("size").asLong()).isEqualTo(Files.size(path));
    assertThat(listed.path("lastUsed").asText()).isNotEmpty();

    assertThat(Cli.call("show", name).out())
        .containsPattern("Architecture +llama\n")
        .containsPattern("Memory +\\S+ MB with a context of 4096 tokens: fits into this machine's")
        .contains("Chat template\n")
        .contains("License\n");
    JsonNode shown = json("show", "-c", "1000", "--json", name);
    assertThat(shown.path("memory").path("contextSize").asInt()).isEqualTo(1000);
    assertThat(shown.path("memory").path("weights").asLong()).isPositive();
    assertThat(shown.path("chatTemplate").asText()).contains("<|im_start|>");

    Cli removed = Cli.call("rm", name);
    assertThat(removed.out()).startsWith("Removed " + name + ": 98.4 MB");
    assertThat(path).doesNotExist();
    Cli gone = Cli.call("path", name);
    assertThat(gone.status()).isEqualTo(1);
    assertThat(gone.err()).contains("is not on this machine", "llamastream pull " + name);
  }

  @Test
  void theFirstRunPulls() {
    Cli run = Cli.call("run", "-m", name, "--temp", "0", "-n", "6", "1, 2, 3, 4, 5, 6,");

    assertThat(run.status()).isZero();
    assertThat(run.out()).isEqualTo(" 7, 8,\n");
    assertThat(run.err()).startsWith("Pulling " + name + ": 98.4 MB");
  }

  @Test
  void aServedModelHasTheNameThatTheUserGave() throws Exception {
    try (ServeProcess served = ServeProcess.start(name, "-c", "256")) {
      assertThat(served.line).startsWith("Serving " + name + " at http://127.0.0.1:");
      JsonNode models = new JsonMapper().readTree(served.get("/v1/models"));
      assertThat(models.at("/data/0/id").asText()).isEqualTo(name);
      assertThat(served.get("/v1/models/" + URLEncoder.encode(name, UTF_8))).contains(name);
    }
  }

  @Test
  void anEmptyStoreSaysHowToFillIt() {
    Cli list = Cli.call("list");
    assertThat(list.status()).isZero();
    assertThat(list.err()).contains("llamastream pull");
    assertThat(Cli.call("list", "--json").out()).isEqualTo("[]\n");
    assertThat(Cli.call("prune").out()).startsWith("Freed ");
  }

  @Test
  void aliasesCanBeSearched() {
    assertThat(Cli.call("aliases", "llama3.2").out())
        .contains("llama3.2:1b", "hf:")
        .doesNotContain("gemma");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          pull                          | 2 | Missing required parameter
          pull ''                       | 2 | name
          pull hf:../x                  | 2 | name
          pull llama3.2:1bb             | 1 | did you mean llama3.2:1b
          pull --for fun llama3.2:1b    | 2 | balanced, speed, quality, memory
          pull --offline llama3.2:1b    | 1 | offline
          pull llama3.2:1b              | 1 | HF_ENDPOINT
          run -m owner/repository Hi    | 1 | did you mean hf:owner/repository
          run -m /no/such.gguf Hi       | 1 | there is no file /no/such.gguf
          run -m bäcker Hi              | 2 | U+00E4
          chat --offline -m llama3.2:1b | 1 | offline
          inspect --offline llama3.2:1b | 1 | offline
          serve --offline -m llama3.2   | 1 | offline
          show llama3.2:1b              | 1 | llamastream pull llama3.2:1b
          show -c 0 llama3.2:1b         | 2 | --context-size: 0
          rm llama3.2:1b                | 1 | is not on this machine
          path                          | 2 | Missing required parameter
          """)
  void aMistakeIsExplained(String line, int status, String part) {
    Cli failed = Cli.call(line.replace("''", " ").split(" +", -1));

    assertThat(failed.err()).contains(part);
    assertThat(failed.status()).isEqualTo(status);
    assertThat(failed.out()).isEmpty();
  }

  private static JsonNode json(String... arguments) throws IOException {
    return new JsonMapper().readTree(Cli.call(arguments).out());
  }
}
