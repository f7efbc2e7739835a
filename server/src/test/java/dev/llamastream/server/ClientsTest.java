package dev.llamastream.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.llamastream.ContextParams;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The clients that people use: one folder each in {@code src/test/clients}, whose README says what
 * is in it. What each client was seen to do is its row in docs/compatibility.md. A client is
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
    SERVERS.put("BASE_URL", Saying.TEXT.serve(params -> params.apiToken(KEY)));
    SERVERS.put("TOOLS_URL", Saying.THOUGHT_AND_CALL.serve(params -> params.apiToken(KEY)));
    SERVERS.put("CALL_URL", Saying.CALL.serve(params -> params.apiToken(KEY)));
    SERVERS.put("JSON_URL", Saying.JSON.serve(params -> params.apiToken(KEY)));
    SERVERS.put(
        "ENDLESS_URL",
        TestServer.start(TestServer.ENDLESS, params -> params.apiToken(KEY).modelName("tiny")));
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

  private static Client installed(String name) throws IOException, InterruptedException {
    Client client = Client.of(CLIENTS.resolve(name));
    if (!"true".equals(System.getenv("CI"))) {
      assumeTrue(client.canRun(), "nothing to run " + client + " with");
    }
    client.install();
    return client;
  }

  private static String url(TestServer server) {
    return "http://127.0.0.1:" + server.port();
  }

  @ParameterizedTest
  @MethodSource("clients")
  void does(String name) throws IOException, InterruptedException {
    Client client = installed(name);
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("API_KEY", KEY);
    SERVERS.forEach((variable, server) -> environment.put(variable, url(server)));
    List<String> said = client.run("test", environment);
    SERVERS.values().forEach(TestServer::awaitIdle); // it left nothing running
    assertThat(said).anyMatch(line -> line.startsWith("ok "));
    String row = CompatibilityTable.row(client.title(), said);
    Files.writeString(SEEN.resolve(name + ".md"), row + "\n");
    assertThat(CompatibilityTable.documented())
        .as("the rows of docs/compatibility.md; they should be server/target/compatibility/*.md")
        .contains(row);
  }

  @Test
  void allAreInTheTable() throws IOException {
    assertThat(CompatibilityTable.documented()).hasSameSizeAs(clients());
  }

  @Test
  void theServerEndsInTheMiddle() throws Exception {
    Client client = installed("openai-node");
    try (TestServer server =
            TestServer.start(
                params -> params.context(ContextParams.builder().contextSize(1 << 17).build()),
                params -> params.apiToken(KEY).modelName("tiny"));
        ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor()) {
      Map<String, String> environment = Map.of("API_KEY", KEY, "ENDING_URL", url(server));
      Future<?> reading = thread.submit(() -> client.run("failure", environment));
      // it has some of the answer, and much is still to come
      TestServer.await(() -> reading.isDone() || server.engine.snapshot().kvCellsUsed() > 500);
      server.server.close(Duration.ZERO);
      reading.get();
    }
  }
}
