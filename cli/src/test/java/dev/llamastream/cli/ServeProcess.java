package dev.llamastream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A {@code serve} in a JVM of its own, and a client of it. */
final class ServeProcess implements AutoCloseable {

  private final Process process;
  private final BufferedReader out;
  private final HttpClient client = HttpClient.newHttpClient();

  /** What it prints when it is ready. */
  final String line;

  private ServeProcess(Process process) throws IOException {
    this.process = process;
    out = process.inputReader(UTF_8);
    line = String.valueOf(out.readLine());
  }

  /** The command line that serves a model. */
  static List<String> command(String model, String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--class-path",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "serve",
                "-m",
                model));
    command.addAll(List.of(arguments));
    return command;
  }

  /** Serves a model on a free port. */
  static ServeProcess start(String model, String... arguments) throws IOException {
    List<String> command = command(model, arguments);
    command.addAll(List.of("--port", "0"));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().remove("LLAMASTREAM_API_TOKEN");
    return new ServeProcess(builder.start());
  }

  String get(String path) throws IOException, InterruptedException {
    return send(request(path).build());
  }

  String post(String path, String json) throws IOException, InterruptedException {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(json))
            .build());
  }

  private HttpRequest.Builder request(String path) {
    String url = line.substring(line.lastIndexOf(" at ") + " at ".length());
    return HttpRequest.newBuilder(URI.create(url + path));
  }

  private String send(HttpRequest request) throws IOException, InterruptedException {
    return client.send(request, BodyHandlers.ofString()).body();
  }

  @Override
  public void close() throws IOException {
    client.close();
    process.destroy();
    process.onExit().join();
    out.close();
  }
}
