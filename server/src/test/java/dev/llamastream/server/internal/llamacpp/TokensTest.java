package dev.llamastream.server.internal.llamacpp;

import static dev.llamastream.server.internal.openai.OpenAiServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.llamastream.fixture.ScriptedModel;
import dev.llamastream.server.internal.openai.OpenAiServer;
import java.io.IOException;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code /tokenize} and {@code /detokenize}. */
@Timeout(300)
class TokensTest {

  private static OpenAiServer server;

  @BeforeAll
  static void start() throws IOException {
    server = OpenAiServer.of(ScriptedModel.of("Ho").gguf());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static String ask(String path, String fields) throws Exception {
    HttpResponse<String> response = server.post(path, "{" + fields + "}");
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return json(response.body()).toString();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "\"content\": \"Hi\"; [75,108]",
        "\"content\": \"Hi\", \"add_special\": true; [1,75,108]",
        "\"content\": \"</s>\"; [2]",
        "\"content\": \"</s>\", \"parse_special\": false; [63,50,118,65]",
        "\"content\": [\"H\", 5, \"i\"], \"add_special\": true; [1,75,5,108]",
        "\"content\": [5, \"i\"], \"add_special\": true; [5,108]",
        "\"content\": \"Ho\"; [260]",
        "\"content\": \"\"; []",
        "\"content\": null; []",
        "\"add_special\": true; []",
        "\"content\": \"H</s>\", \"with_pieces\": true; [{\"id\":75,\"piece\":\"H\"},{\"id\":2,\"piece\":\"</s>\"}]",
        "\"content\": \"é\", \"with_pieces\": true; [{\"id\":198,\"piece\":[195]},{\"id\":172,\"piece\":[169]}]",
      })
  void tokenize(String fields, String tokens) throws Exception {
    assertThat(ask("/tokenize", fields)).isEqualTo("{\"tokens\":" + tokens + "}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "\"tokens\": [75, 108]; Hi",
        "\"tokens\": [1, 75, 2]; <s>H</s>",
        "\"tokens\": [260]; Ho",
        "\"tokens\": [198, 172]; é",
        "\"tokens\": [198]; \uFFFD",
        "\"tokens\": []; ''",
        "\"tokens\": null; ''",
        "; ''",
      })
  void detokenize(String fields, String content) throws Exception {
    String answer = ask("/detokenize", fields == null ? "" : fields);
    assertThat(json(answer).path("content").asText()).isEqualTo(content);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "/tokenize; \"content\": 5.5; content: 5.5, must be a text",
        "/tokenize; \"content\": {}; content: {}, must be a text",
        "/tokenize; \"content\": [null]; content: null, must be a text",
        "/tokenize; \"content\": \"a\", \"add_special\": 1; add_special: 1",
        "/tokenize; \"content\": \"a\", \"parse_special\": \"x\"; parse_special",
        "/tokenize; \"content\": \"a\", \"with_pieces\": []; with_pieces",
        "/tokenize; \"content\": \"a\", \"pieces\": true; pieces: unknown field",
        "/tokenize; \"content\": [99999], \"with_pieces\": true; content: token 99999",
        "/detokenize; \"tokens\": \"a\"; tokens: \"a\", must be a list of token ids",
        "/detokenize; \"tokens\": [\"a\"]; tokens: \"a\", must be a token id",
        "/detokenize; \"tokens\": [-1]; tokens: token -1, must be in",
        "/detokenize; \"tokens\": [99999]; tokens: token 99999, must be in",
        "/detokenize; \"token\": [1]; token: unknown field",
      })
  void refused(String path, String fields, String message) throws Exception {
    HttpResponse<String> response = server.post(path, "{" + fields + "}");
    assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
    JsonNode error = json(response.body()).path("error");
    assertThat(error.path("message").asText()).startsWith(message);
    assertThat(error.path("code").asInt()).isEqualTo(400);
  }
}
