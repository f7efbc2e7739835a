package dev.llamastream.server;

import static dev.llamastream.server.OllamaClient.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.InvalidValueException;
import dev.llamastream.server.spi.ModelLibrary;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code /api/pull} and {@code /api/delete}. */
@Timeout(300)
class OllamaLibraryTest {

  private static final String PULL = "/api/pull";
  private static final String DELETE = "/api/delete";

  private static final FakeLibrary LIBRARY = new FakeLibrary();
  private static OllamaClient client;

  /** Has the model {@code here}, and the way to {@code there}. */
  static final class FakeLibrary implements ModelLibrary {
    final List<String> calls = Collections.synchronizedList(new ArrayList<>());
    final CountDownLatch stopped = new CountDownLatch(1);
    final CountDownLatch heard = new CountDownLatch(1);

    @Override
    public void pull(String name, Listener listener) throws IOException {
      calls.add("pull " + name);
      switch (name) {
        case "there" -> {
          listener.onWait("another process pulls it");
          assertThat(listener.onProgress(10, -1)).isTrue();
          assertThat(listener.onProgress(50, 100)).isTrue();
        }
        case "long" -> {
          try {
            while (listener.onProgress(1, 2)) {
              Thread.onSpinWait();
            }
          } finally {
            stopped.countDown();
          }
        }
        case "slow" -> {
          try {
            heard.await();
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
        }
        case "bad name" -> throw new InvalidValueException("name", "has a space");
        default -> throw new IOException("no model is called '" + name + "'");
      }
    }

    @Override
    public boolean delete(String name) throws IOException {
      calls.add("delete " + name);
      if (name.equals("locked")) {
        throw new IOException("the file is in use");
      }
      return name.equals("here");
    }
  }

  @BeforeAll
  static void start() throws IOException {
    client =
        new OllamaClient(
            TestServer.start(params -> params.modelName("tiny").modelLibrary(LIBRARY)));
  }

  @AfterAll
  static void stop() {
    client.close();
  }

  @Test
  void pullsLineByLine() throws Exception {
    List<String> lines = client.flow(PULL, "{\"model\": \"there\"}").toList();
    assertThat(lines).hasSize(5);
    assertThat(lines.get(0)).isEqualTo("{\"status\":\"pulling manifest\"}");
    assertThat(lines.get(1)).isEqualTo("{\"status\":\"another process pulls it\"}");
    assertThat(json(lines.get(2)).has("total")).isFalse();
    assertThat(json(lines.get(2)).path("completed").asLong()).isEqualTo(10);
    assertThat(json(lines.get(3)).path("total").asLong()).isEqualTo(100);
    assertThat(json(lines.get(3)).path("completed").asLong()).isEqualTo(50);
    assertThat(json(lines.get(3)).path("digest").asText()).matches("sha256:[0-9a-f]{64}");
    assertThat(json(lines.get(3)).path("status").asText()).matches("pulling [0-9a-f]{12}");
    assertThat(lines.get(4)).isEqualTo("{\"status\":\"success\"}");
  }

  @Test
  void pullsWhole() throws Exception {
    String request = "{\"name\": \"there\", \"stream\": false, \"insecure\": true}";
    assertThat(client.post(PULL, request).body()).isEqualTo("{\"status\":\"success\"}");
    assertThat(LIBRARY.calls).contains("pull there");
  }

  @Test
  void reportsFailures() throws Exception {
    List<String> lines = client.flow(PULL, "{\"model\": \"nowhere\"}").toList();
    assertThat(lines.getLast()).isEqualTo("{\"error\":\"no model is called 'nowhere'\"}");
    assertThat(client.refused(500, PULL, "{\"model\": \"nowhere\", \"stream\": false}"))
        .isEqualTo("no model is called 'nowhere'");
    assertThat(client.refused(400, PULL, "{\"model\": \"bad name\", \"stream\": false}"))
        .isEqualTo("model: has a space");
    assertThat(client.refused(400, PULL, "{}")).isEqualTo("model is required");
    assertThat(client.refused(400, PULL, "{\"model\": \"there\", \"from\": \"x\"}"))
        .isEqualTo("from: not supported");
  }

  @ParameterizedTest
  @ValueSource(strings = {"true", "false"})
  void stopsThePullOfAClientThatGoes(String stream) throws Exception {
    FakeLibrary library = new FakeLibrary();
    try (OllamaClient leaving =
        new OllamaClient(TestServer.start(params -> params.modelLibrary(library)))) {
      String request = "{\"model\": \"long\", \"stream\": " + stream + "}";
      if (stream.equals("true")) {
        try (Stream<String> lines = leaving.flow(PULL, request)) {
          Iterator<String> each = lines.iterator();
          assertThat(each.next()).contains("manifest");
          assertThat(each.next()).contains("\"completed\":1");
        }
      } else {
        Thread waiting = Thread.ofVirtual().start(() -> ask(leaving, request));
        TestServer.await(() -> library.calls.contains("pull long"));
        waiting.interrupt();
        waiting.join();
      }
      library.stopped.await();
    }
  }

  private static void ask(OllamaClient client, String request) {
    try {
      client.post(PULL, request);
    } catch (IOException | InterruptedException e) {
      // it was interrupted, which closes its connection
    }
  }

  @Test
  void keepsTheConnectionWhileItIsSilent() throws Exception {
    FakeLibrary library = new FakeLibrary();
    TestServer server =
        TestServer.start(params -> params.modelLibrary(library).heartbeat(Duration.ofMillis(20)));
    try (OllamaClient patient = new OllamaClient(server);
        InputStream answer = patient.bytes(PULL, "{\"model\": \"slow\"}")) {
      String first = "{\"status\":\"pulling manifest\"}\n";
      assertThat(answer.readNBytes(first.length())).asString(UTF_8).isEqualTo(first);
      assertThat(answer.read()).isEqualTo(' ');
      library.heard.countDown();
      String rest = new String(answer.readAllBytes(), UTF_8);
      assertThat(rest.strip()).isEqualTo("{\"status\":\"success\"}"); // space means nothing in JSON
    }
  }

  @Test
  void deletes() throws Exception {
    for (String field : List.of("model", "name")) {
      var response = client.send("DELETE", DELETE, "{\"" + field + "\": \"here\"}");
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.body()).isEmpty();
    }
    assertThat(refusedDelete(404, "{\"model\": \"nowhere\"}"))
        .isEqualTo("model 'nowhere' not found");
    assertThat(refusedDelete(500, "{\"model\": \"locked\"}")).isEqualTo("the file is in use");
    assertThat(refusedDelete(400, "{}")).isEqualTo("model is required");
    assertThat(refusedDelete(400, "")).isEqualTo("not a JSON object");
  }

  private static String refusedDelete(int status, String json) throws Exception {
    return OllamaClient.refused(status, client.send("DELETE", DELETE, json));
  }

  @Test
  void refusesBothUnlessItIsAllowed() throws Exception {
    try (OllamaClient strict = new OllamaClient(TestServer.start())) {
      assertThat(strict.refused(403, PULL, "{\"model\": \"there\"}"))
          .contains("llamastream serve --allow-pull");
      var response = strict.send("DELETE", DELETE, "{\"model\": \"here\"}");
      assertThat(OllamaClient.refused(403, response)).contains("--allow-pull");
    }
  }
}
