package dev.llamastream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ServeCommandTest {

  @TempDir private Path directory;

  @Test
  void servesUntilItIsTerminated() throws Exception {
    Path token = Files.writeString(directory.resolve("token"), "secret\n");
    Process command = start("--port", "0", "--token-file", token.toString());
    try (BufferedReader out = command.inputReader(UTF_8);
        HttpClient client = HttpClient.newHttpClient()) {
      String line = out.readLine();
      assertThat(line).matches("Serving SmolLM2-.* at http://127\\.0\\.0\\.1:\\d+");
      String url = line.substring(line.indexOf("http"));
      assertThat(post(client, url, "wrong", 4).statusCode()).isEqualTo(401);

      HttpResponse<Stream<String>> stream = post(client, url, "secret", 8);
      assertThat(stream.statusCode()).isEqualTo(200);
      Iterator<String> lines = data(stream);
      assertThat(lines.next()).contains("\"index\":0");
      command.destroy();

      StringBuilder rest = new StringBuilder();
      lines.forEachRemaining(rest::append);
      assertThat(rest).contains("\"done\":true,\"finish_reason\":\"max_tokens\"");
      assertThat(command.waitFor()).isEqualTo(143);
    }
    assertThat(directory.resolve("err"))
        .content()
        .isEqualToIgnoringNewLines("Stopping: streams have up to 10 s to end");
  }

  @Test
  void endsAtOnceWhenItIsTerminatedAgain() throws Exception {
    Process command = start("--port", "0");
    try (BufferedReader out = command.inputReader(UTF_8);
        HttpClient client = HttpClient.newHttpClient()) {
      String line = out.readLine();
      Iterator<String> lines =
          data(post(client, line.substring(line.indexOf("http")), "none", 100_000));
      assertThat(lines.next()).contains("\"index\":0");
      command.destroy();
      awaitErr("Stopping");
      command.destroy();

      // it is cut, and gets neither an end nor an error
      assertThatThrownBy(() -> lines.forEachRemaining(text -> {}))
          .isInstanceOf(UncheckedIOException.class);
      assertThat(command.waitFor()).isEqualTo(143);
    }
  }

  @Test
  void saysOnceThatThereAreNoFileHandlesLeft() throws Exception {
    List<String> limited = new ArrayList<>(List.of("sh", "-c", "ulimit -n 100; exec \"$@\"", "sh"));
    limited.addAll(ServeProcess.command(Cli.MODEL, "--port", "0"));
    Process command = start(limited);
    List<Socket> idle = new ArrayList<>();
    try (BufferedReader out = command.inputReader(UTF_8);
        HttpClient client = HttpClient.newHttpClient()) {
      String line = out.readLine();
      URI health = URI.create(line.substring(line.indexOf("http")) + "/health");
      for (int i = 0; i < 110; i++) {
        idle.add(new Socket(InetAddress.getLoopbackAddress(), health.getPort()));
      }
      awaitErr("cannot be accepted");
      HttpResponse<String> answer =
          client.send(HttpRequest.newBuilder(health).build(), BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(200);
    } finally {
      for (Socket socket : idle) {
        socket.close();
      }
      command.destroy();
      command.waitFor();
    }
    assertThat(directory.resolve("err"))
        .content()
        .containsOnlyOnce("connections cannot be accepted: ")
        .doesNotContain("\tat ");
  }

  private void awaitErr(String text) throws Exception {
    while (!Files.readString(directory.resolve("err")).contains(text)) {
      Thread.sleep(10);
    }
  }

  @Test
  void warnsThatAnybodyCanUseIt() throws Exception {
    Process command = start("--port", "0", "--host", "0.0.0.0");
    try (BufferedReader out = command.inputReader(UTF_8)) {
      assertThat(out.readLine()).matches("Serving SmolLM2-.* at http://localhost:\\d+");
      Path err = directory.resolve("err");
      while (Files.size(err) == 0) {
        Thread.sleep(10);
      }
      command.destroy();
      command.waitFor();
      assertThat(err)
          .content()
          .startsWith("Anyone who can reach 0.0.0.0 can use it: no token is set");
    }
  }

  @Test
  void saysInOneLineThatThePortIsTaken() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Cli serve =
          Cli.call("serve", "-m", Cli.MODEL, "--port", Integer.toString(other.getLocalPort()));

      assertThat(serve.status()).isEqualTo(1);
      assertThat(serve.err())
          .startsWith("error: cannot listen on 127.0.0.1, port " + other.getLocalPort() + ": ")
          .hasLineCount(1);
    }
  }

  @Test
  void saysWhatIsWrongWithAnOption() throws Exception {
    Path empty = Files.writeString(directory.resolve("empty"), "\n");

    Cli port = Cli.call("serve", "-m", Cli.MODEL, "--port", "70000");
    assertThat(port.status()).isEqualTo(2);
    assertThat(port.err()).startsWith("error: port: 70000, must be in [0, 65535]");
    Cli slots = Cli.call("serve", "-m", Cli.MODEL, "--slots", "0");
    assertThat(slots.status()).isEqualTo(2);
    assertThat(slots.err()).startsWith("error: slots: 0, must be in [1, 128]");
    Cli token = Cli.call("serve", "-m", Cli.MODEL, "--token-file", empty.toString());
    assertThat(token.status()).isEqualTo(2);
    assertThat(token.err()).startsWith("error: --token-file: the file is empty");
    Cli store = Cli.call("serve", "-m", Cli.MODEL, "--prefix-store", empty.toString());
    assertThat(store.status()).isEqualTo(2);
    assertThat(store.err()).startsWith("error: prefixStore: " + empty + ", must be a folder");
    Cli size = Cli.call("serve", "-m", Cli.MODEL, "--prefix-store", directory + ",0");
    assertThat(size.status()).isEqualTo(2);
    assertThat(size.err()).contains("prefixStore.maxBytes: 0, must be in [1, 9223372036854775807]");
  }

  @Test
  void explainsItself() {
    assertThat(Cli.call("serve", "--help").out()).contains("--port", "--token-file", "143");
  }

  private static Iterator<String> data(HttpResponse<Stream<String>> events) {
    return events.body().filter(line -> line.startsWith("data: ")).iterator();
  }

  private static HttpResponse<Stream<String>> post(
      HttpClient client, String url, String token, int tokens) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url + "/stream"))
            .header("Content-Type", "application/json")
            .header("Authorization", "Bearer " + token)
            .POST(
                BodyPublishers.ofString(
                    String.format(
                        Locale.ROOT,
                        "{\"prompt\":\"1, 2, 3,\",\"temperature\":0,\"max_tokens\":%d}",
                        tokens)))
            .build();
    return client.send(request, BodyHandlers.ofLines());
  }

  private Process start(String... arguments) throws IOException {
    return start(ServeProcess.command(Cli.MODEL, arguments));
  }

  private Process start(List<String> command) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(directory.resolve("err").toFile());
    builder.environment().remove("LLAMASTREAM_API_TOKEN");
    return builder.start();
  }
}
