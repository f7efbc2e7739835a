package dev.llamastream.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.llamastream.fixture.ChatTemplate;
import dev.llamastream.fixture.ScriptedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The clients that people use: one folder each in {@code src/test/clients}, whose README says what
 * is in it. What each client was seen to do is left in {@code target/compatibility}. A client is
 * skipped where its language is missing, but not in CI.
 */
@Timeout(900)
class ClientsTest {

  private static final Path CLIENTS = Path.of("src", "test", "clients");
  private static final Path SEEN = Path.of("target", "compatibility");
  private static final String KEY = "sesame";

  private static final Map<String, TestServer> SERVERS = new LinkedHashMap<>();

  @BeforeAll
  static void start() throws IOException {
    Files.createDirectories(SEEN);
    serve("BASE_URL", say("Hello", " wor", "ld", "!!", " Bye"));
    serve(
        "TOOLS_URL",
        say(
            "<think>\n",
            "Hm.",
            "</think>\n\n",
            "<tool_call>\n{\"name\": \"get_weather\", ",
            "\"arguments\": {\"city\": ",
            "\"Paris\"}}",
            "\n</tool_call>"));
    serve("JSON_URL", say("{\"city\": ", "\"Paris\", ", "\"degrees\": ", "21}"));
    serve("ENDLESS_URL", TestServer.ENDLESS);
  }

  /** A model that says these pieces after any prompt. It knows tools and thinking. */
  private static Path say(String... pieces) {
    return ScriptedModel.of(pieces)
        .gguf()
        .put(ChatTemplate.KEY, ChatTemplate.qwen3())
        .writeShared("client");
  }

  private static void serve(String variable, Path model) throws IOException {
    SERVERS.put(
        variable, TestServer.start(model, params -> params.apiToken(KEY).modelName("tiny")));
  }

  @AfterAll
  static void stop() {
    SERVERS.values().forEach(TestServer::close);
  }

  static List<String> clients() throws IOException {
    try (Stream<Path> folders = Files.list(CLIENTS)) {
      return folders
          .filter(Files::isDirectory)
          .map(folder -> folder.getFileName().toString())
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("clients")
  void does(String name) throws IOException, InterruptedException {
    Client client = Client.of(CLIENTS.resolve(name));
    if (!"true".equals(System.getenv("CI"))) {
      assumeTrue(client.canRun(), "nothing to run " + client + " with");
    }
    client.install();
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("API_KEY", KEY);
    SERVERS.forEach(
        (variable, server) -> environment.put(variable, "http://127.0.0.1:" + server.port()));
    List<String> seen =
        client.run(environment).lines().filter(line -> line.startsWith("ok ")).toList();
    assertThat(seen).as("what %s said", client).isNotEmpty();
    SERVERS.values().forEach(TestServer::awaitIdle); // it left nothing running
    Files.write(SEEN.resolve(name + ".txt"), seen);
  }
}
