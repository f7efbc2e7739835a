package dev.llamastream.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Speaks Ollama's API with a server of this machine. */
record OllamaClient(TestServer server, HttpClient http) implements AutoCloseable {

  private static final JsonMapper MAPPER = new JsonMapper();

  OllamaClient(TestServer server) {
    this(server, HttpClient.newHttpClient());
  }

  HttpResponse<String> send(String method, String path, String json)
      throws IOException, InterruptedException {
    return http.send(request(method, path, json), BodyHandlers.ofString());
  }

  HttpResponse<String> post(String path, String json) throws IOException, InterruptedException {
    return send("POST", path, json);
  }

  /** What a request gets whose answer comes whole. */
  JsonNode ask(String path, String fields) throws IOException, InterruptedException {
    HttpResponse<String> response =
        post(path, "{\"model\": \"tiny\", \"stream\": false, " + fields + "}");
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    assertThat(response.headers().firstValue("content-type")).contains("application/json");
    return json(response.body());
  }

  /** The lines that a request gets whose answer comes in pieces. */
  List<JsonNode> lines(String path, String fields) throws IOException, InterruptedException {
    HttpResponse<String> response = post(path, "{\"model\": \"tiny\", " + fields + "}");
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    assertThat(response.headers().firstValue("content-type")).contains("application/x-ndjson");
    assertThat(response.body()).endsWith("\n");
    return response.body().lines().map(OllamaClient::json).toList();
  }

  /** The lines of an answer, as they come. */
  Stream<String> flow(String path, String json) throws IOException, InterruptedException {
    return http.send(request("POST", path, json), BodyHandlers.ofLines()).body();
  }

  /** The bytes of an answer, as they come. */
  InputStream bytes(String path, String json) throws IOException, InterruptedException {
    return http.send(request("POST", path, json), BodyHandlers.ofInputStream()).body();
  }

  /** Asks for what the server refuses. Returns the message. */
  String refused(int status, String path, String json) throws IOException, InterruptedException {
    return refused(status, post(path, json));
  }

  static String refused(int status, HttpResponse<String> response) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    JsonNode error = json(response.body());
    List<String> fields = new ArrayList<>();
    error.fieldNames().forEachRemaining(fields::add);
    assertThat(fields).containsExactly("error");
    assertThat(error.path("error").isTextual()).isTrue();
    return error.path("error").textValue();
  }

  JsonNode get(String path) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(uri(path)).build();
    return json(http.send(request, BodyHandlers.ofString()).body());
  }

  private HttpRequest request(String method, String path, String json) {
    return HttpRequest.newBuilder(uri(path))
        .header("Content-Type", "application/json")
        .method(method, BodyPublishers.ofString(json))
        .build();
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.port() + path);
  }

  static JsonNode json(String text) {
    try {
      return MAPPER.readTree(text);
    } catch (IOException e) {
      throw new AssertionError(text, e);
    }
  }

  @Override
  public void close() {
    http.close();
    server.close();
  }
}
