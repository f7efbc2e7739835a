package dev.llamastream.cli;

import static dev.llamastream.cli.BatchFixture.MESSAGES;
import static dev.llamastream.cli.BatchFixture.PROMPT;
import static dev.llamastream.cli.BatchFixture.openAi;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.llamastream.fixture.ScriptedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What comes with a model is what a generation has if nobody says otherwise. */
@Timeout(120)
class ModelDefaultsTest {

  /** It has no template of its own. */
  private static final Path GGUF = ScriptedModel.of("one", " two", " three", " four").path();

  private static final String TEMPLATE = "S:{{ .System }} U:{{ .Prompt }} A:";
  private static final String PARAMS =
      "{\"stop\":[\" four\"],\"num_predict\":3,\"num_ctx\":131072}";

  @TempDir private Path directory;
  private OllamaModel model;

  @BeforeEach
  void install() throws IOException {
    model = OllamaModel.of(GGUF, TEMPLATE, "Be brief.", PARAMS);
  }

  @AfterEach
  void remove() throws IOException {
    model.close();
  }

  @Test
  void run() {
    assertThat(Cli.call("run", "-m", OllamaModel.NAME, "a"))
        .isEqualTo(new Cli(0, "one two three\n", ""));
    assertThat(Cli.call("run", "-m", OllamaModel.NAME, "-n", "9", "a").out())
        .as("the stop sequence")
        .isEqualTo("one two three\n");
    assertThat(Cli.call("run", "-m", OllamaModel.NAME, "--stop", " two", "a").out())
        .isEqualTo("one\n");
    assertThat(Cli.call("run", "-m", OllamaModel.NAME, "-n", "9", "--stop", "x", "a").out())
        .isEqualTo("one two three four\n");
  }

  @Test
  void chat() {
    assertThat(Cli.callWithInput("a\n", "chat", "-m", OllamaModel.NAME, "-n", "9"))
        .isEqualTo(new Cli(0, "one two three\n", ""));
    Cli cut = Cli.callWithInput("a\n", "chat", "-m", OllamaModel.NAME);
    assertThat(cut.out()).isEqualTo("one two three\n");
    assertThat(cut.err()).isEqualTo("[Cut off: --max-tokens]\n");
  }

  @Test
  void batch() throws IOException {
    BatchFixture batch = BatchFixture.in(directory);
    Files.write(
        batch.input(),
        List.of(
            PROMPT,
            MESSAGES,
            PROMPT.replace("}", ",\"stop\":\" two\"}"),
            openAi("text", "/v1/completions", PROMPT),
            openAi("chat", "/v1/chat/completions", MESSAGES)));
    Path file = Path.of(OllamaModel.NAME);
    assertThat(batch.again(file).err()).contains(", 0 errors");

    assertThat(batch.answers().subList(0, 3))
        .extracting(answer -> answer.get("text").asText())
        .containsExactly("one two three", "one two three", "one");
    assertThat(batch.answers().get(3).at("/response/body/choices/0/text").asText())
        .isEqualTo("one two three");
    JsonNode chat = batch.answers().get(4).at("/response/body");
    assertThat(chat.at("/choices/0/message/content").asText()).isEqualTo("one two three");
    assertThat(chat.at("/model").asText()).isEqualTo(OllamaModel.NAME);

    assertThat(batch.again(file, "--overwrite", "-n", "2").err()).contains(", 0 errors");
    assertThat(batch.answers().getFirst().get("text").asText()).isEqualTo("one two");
  }

  @Test
  void anOptionWinsThoughItIsTheLibrarysDefault() throws IOException {
    model.close();
    // the model draws from 40 tokens
    String random = "{\"temperature\":100,\"top_p\":1,\"min_p\":0}";
    model = OllamaModel.of(GGUF, TEMPLATE, "", random);
    BatchFixture batch = BatchFixture.in(directory);
    Files.write(batch.input(), List.of(PROMPT, PROMPT.replace("}", ",\"temperature\":0.8}")));

    assertThat(batch.again(Path.of(OllamaModel.NAME)).status()).isZero();
    assertThat(batch.answers().get(0).get("text").asText()).isNotEqualTo("one two three four");
    assertThat(batch.answers().get(1).get("text").asText()).isEqualTo("one two three four");
    assertThat(batch.again(Path.of(OllamaModel.NAME), "--overwrite", "--temp", "0.8").status())
        .isZero();
    assertThat(batch.answers().get(0).get("text").asText()).isEqualTo("one two three four");
  }

  @Test
  void serve() throws Exception {
    try (ServeProcess server = ServeProcess.start(OllamaModel.NAME)) {
      assertThat(server.line).startsWith("Serving " + OllamaModel.NAME + " at http://127.0.0.1:");
      assertThat(json(server.get("/v1/models")).at("/data/0/id").asText())
          .isEqualTo(OllamaModel.NAME);
      assertThat(json(server.post("/apply-template", MESSAGES)).at("/prompt").asText())
          .isEqualTo("S:Be brief. U:a A:");
      JsonNode answer = json(server.post("/v1/chat/completions", MESSAGES));
      assertThat(answer.at("/choices/0/message/content").asText()).isEqualTo("one two three");
      assertThat(answer.at("/choices/0/finish_reason").asText()).isEqualTo("length");
      String longer = PROMPT.replace("}", ",\"max_tokens\":9,\"stop\":[]}");
      assertThat(json(server.post("/v1/completions", longer)).at("/choices/0/text").asText())
          .isEqualTo("one two three four");
    }
  }

  private static JsonNode json(String text) throws IOException {
    return new JsonMapper().readTree(text);
  }
}
