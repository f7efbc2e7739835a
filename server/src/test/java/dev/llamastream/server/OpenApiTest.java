package dev.llamastream.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.llamastream.server.internal.http.RoutesTap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * {@code /openapi.json} is what the handlers read and answer: it is made of the requests in {@code
 * src/test/resources/openapi}, which are sent to a server here.
 */
@Timeout(300)
class OpenApiTest {

  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
  private static final Path EXAMPLES = Path.of("src", "test", "resources", "openapi");
  private static final List<String> FORMS =
      List.of("openai", "anthropic", "ollama", "llamacpp", "rerank", "llamastream");
  private static final Path KEPT = Path.of("src", "main", "resources", "page", "openapi.json");
  private static final Path MADE = Path.of("target", "openapi.json");

  private static ModelsServer models;
  private static OpenApiDocument document;

  @BeforeAll
  static void send() throws IOException, InterruptedException {
    models = ModelsServer.start(new OllamaLibraryTest.FakeLibrary());
    document = new OpenApiDocument(models.server());
    for (String form : FORMS) {
      document.add(MAPPER.readTree(EXAMPLES.resolve(form + ".json").toFile()));
    }
  }

  @AfterAll
  static void stop() {
    models.close();
  }

  @Test
  void everyRouteHasAnExample() {
    List<String> without = new ArrayList<>(RoutesTap.routes(models.server().router()));
    without.removeAll(document.routes());
    // a WebSocket, and what can only be read
    assertThat(without).containsExactlyInAnyOrder("GET /ws", "POST /props", "POST /slots/*");
  }

  @Test
  void everyFieldHasAnExample() {
    assertThat(document.fieldsWithoutExample())
        .allMatch(field -> field.matches(".*[.](conversation|previous_response_id)")); // refused
  }

  @Test
  void theServerHasTheDocument() throws IOException {
    Files.writeString(MADE, MAPPER.writeValueAsString(document.json()) + "\n", UTF_8);
    JsonNode made = MAPPER.readTree(MADE.toFile());
    assertThat(MAPPER.readTree(KEPT.toFile()))
        .as("the API has changed: copy server/%s to server/%s", MADE, KEPT)
        .isEqualTo(made);
    try (RawHttp http = RawHttp.connect(models.server().port())) {
      RawHttp.Response response = http.request("GET", "/openapi.json", "");
      assertThat(response.headers()).containsEntry("Content-Type", "application/json");
      assertThat(MAPPER.readTree(response.body())).isEqualTo(made);
    }
  }
}
