package dev.llamastream.server.internal.llamacpp;

import static dev.llamastream.server.internal.openai.OpenAiServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.llamastream.fixture.GgufWriter;
import dev.llamastream.fixture.ScriptedModel;
import dev.llamastream.server.internal.openai.OpenAiServer;
import java.io.IOException;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code /infill}. */
@Timeout(300)
class InfillTest {

  private static final String PATH = "/infill";

  // after the middle token it says " world", and ends
  private static final ScriptedModel MODEL =
      ScriptedModel.of("[REP]", "[SEP]", "[PRE]", "[SUF]", "[MID]", " world");

  private static OpenAiServer server;

  @BeforeAll
  static void start() throws IOException {
    server = OpenAiServer.of(files(filling()));
  }

  private static GgufWriter filling() {
    return MODEL
        .gguf()
        .put("tokenizer.ggml.fim_pre_token_id", MODEL.token(2))
        .put("tokenizer.ggml.fim_suf_token_id", MODEL.token(3))
        .put("tokenizer.ggml.fim_mid_token_id", MODEL.token(4));
  }

  private static GgufWriter files(GgufWriter gguf) {
    return gguf.put("tokenizer.ggml.fim_rep_token_id", MODEL.token(0))
        .put("tokenizer.ggml.fim_sep_token_id", MODEL.token(1));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static String prompt(OpenAiServer asked, String fields) throws Exception {
    HttpResponse<String> response = asked.post(PATH, "{\"n_predict\": 1, " + fields + "}");
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    JsonNode answer = json(response.body());
    assertThat(answer.path("content").asText()).isEqualTo(" world");
    return answer.path("prompt").asText().replace('\n', '|');
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "\"input_prefix\": \"a\", \"input_suffix\": \"b\";"
            + " [REP]myproject|[SEP]filename|<s>[PRE]a[SUF]b[MID]",
        "\"input_prefix\": \"a\", \"input_suffix\": \"b\", \"prompt\": \"c\";"
            + " [REP]myproject|[SEP]filename|<s>[PRE]ac[SUF]b[MID]",
        "\"input_prefix\": \"\", \"input_suffix\": [98, \"</s>\"];"
            + " [REP]myproject|[SEP]filename|<s>[PRE][SUF]_</s>[MID]",
        "\"input_prefix\": \"a\", \"input_suffix\": \"b\", \"input_extra\":"
            + " [{\"filename\": \"f\", \"text\": \"g\"}, {\"text\": \"h\"}];"
            + " [REP]myproject|[SEP]f|g[SEP]tmp|h[SEP]filename|<s>[PRE]a[SUF]b[MID]",
      })
  void prompts(String fields, String prompt) throws Exception {
    assertThat(prompt(server, fields)).isEqualTo(prompt);
  }

  @Test
  void withoutTokensForFiles() throws Exception {
    try (OpenAiServer plain = OpenAiServer.of(filling())) {
      assertThat(
              prompt(
                  plain,
                  "\"input_prefix\": \"a\", \"input_suffix\": \"b\","
                      + " \"input_extra\": [{\"text\": \"g\"}]"))
          .isEqualTo("||--- snippet ---||g<s>[PRE]a[SUF]b[MID]");
    }
  }

  @Test
  void whatIsTooLongLosesWhatIsFarFromTheGap() throws Exception {
    String prefix = "x".repeat(2000) + "y";
    String suffix = "z" + "x".repeat(2000);
    String extra = "w".repeat(5000);
    String prompt =
        prompt(
            server,
            "\"input_prefix\": \"%s\", \"input_suffix\": \"%s\", \"input_extra\": [{\"text\": \"%s\"}]"
                .formatted(prefix, suffix, extra));
    assertThat(prompt).contains("w[SEP]filename|<s>[PRE]x", "xy[SUF]zx").endsWith("x[MID]");
    assertThat(prompt).hasSizeBetween(1500, 2300);
  }

  @Test
  void asEvents() throws Exception {
    assertThat(
            server.events(
                PATH,
                "{\"input_prefix\": \"a\", \"input_suffix\": \"b\", \"stream\": true,"
                    + " \"n_predict\": 2}"))
        .hasSize(2)
        .allSatisfy(event -> assertThat(json(event).path("index").asInt()).isZero());
  }

  @Test
  void aModelThatCannot() throws Exception {
    try (OpenAiServer other = OpenAiServer.of(MODEL.gguf())) {
      HttpResponse<String> response = other.post(PATH, "{}");
      assertThat(response.statusCode()).isEqualTo(400);
      JsonNode error = json(response.body()).path("error");
      assertThat(error.path("code").asInt()).isEqualTo(400);
      assertThat(error.path("type").asText()).isEqualTo("not_supported_error");
      assertThat(error.path("message").asText())
          .contains("prefix token is missing", "suffix token", "middle token");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "\"input_suffix\": \"b\"; input_prefix: missing",
        "\"input_prefix\": \"a\"; input_suffix: missing",
        "\"input_prefix\": 1.5, \"input_suffix\": \"b\"; input_prefix: 1.5, must be a text",
        "\"input_prefix\": \"a\", \"input_suffix\": {}; input_suffix: {}, must be a text",
        "\"input_prefix\": \"a\", \"input_suffix\": \"b\", \"prompt\": 5; prompt: 5, must be a text",
        "\"input_prefix\": \"a\", \"input_suffix\": \"b\", \"input_extra\": {}; input_extra",
        "\"input_prefix\": \"a\", \"input_suffix\": \"b\", \"input_extra\": [{}]; input_extra[0].text: missing",
        "\"input_prefix\": \"a\", \"input_suffix\": \"b\", \"input_extra\": [{\"text\": 5}]; input_extra[0].text",
        "\"input_prefix\": \"a\", \"input_suffix\": \"b\", \"input_extra\": [{\"text\": \"\", \"filename\": 5}]; input_extra[0].filename",
        "\"input_prefix\": \"a\", \"input_suffix\": \"b\", \"n_indent\": 1; n_indent: not supported",
      })
  void refused(String fields, String message) throws Exception {
    HttpResponse<String> response = server.post(PATH, "{" + fields + "}");
    assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
    JsonNode error = json(response.body()).path("error");
    assertThat(error.path("message").asText()).startsWith(message);
    assertThat(error.path("code").asInt()).isEqualTo(400);
  }
}
