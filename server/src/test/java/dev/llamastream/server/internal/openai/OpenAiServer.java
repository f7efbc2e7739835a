package dev.llamastream.server.internal.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.llamastream.ContextParams;
import dev.llamastream.Model;
import dev.llamastream.engine.Engine;
import dev.llamastream.engine.EngineParams;
import dev.llamastream.engine.EngineSnapshot;
import dev.llamastream.fixture.ChatTemplate;
import dev.llamastream.fixture.GgufWriter;
import dev.llamastream.fixture.ScriptedModel;
import dev.llamastream.fixture.TinyModel;
import dev.llamastream.server.LlamaServer;
import dev.llamastream.server.ServerParams;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** A server on a free port whose model has a chat template, and a client of it. */
public final class OpenAiServer implements AutoCloseable {

  public static final String MODEL = "tiny";
  private static final JsonMapper MAPPER = new JsonMapper();

  private final Model model;
  private final HttpClient client = HttpClient.newHttpClient();
  final Engine engine;
  final LlamaServer server;

  private OpenAiServer(GgufWriter gguf, UnaryOperator<ServerParams.Builder> params)
      throws IOException {
    model = Model.load(gguf.writeShared("chat"));
    engine =
        Engine.open(
            model,
            EngineParams.builder()
                .slots(4)
                .context(ContextParams.builder().contextSize(2048).threads(1).build())
                .build());
    ServerParams.Builder builder = ServerParams.builder().port(0).modelName(MODEL);
    server = LlamaServer.start(engine, model, params.apply(builder).build());
  }

  /** Says these pieces, each a token, after any prompt. */
  public static OpenAiServer saying(String... pieces) throws IOException {
    return saying(params -> params, pieces);
  }

  /** The same, served otherwise. */
  public static OpenAiServer saying(UnaryOperator<ServerParams.Builder> params, String... pieces)
      throws IOException {
    return new OpenAiServer(chat(ScriptedModel.of(pieces).gguf()), params);
  }

  /** Says something readable without an end. */
  public static OpenAiServer endless(UnaryOperator<ServerParams.Builder> params)
      throws IOException {
    GgufWriter gguf = TinyModel.defaults().withText(TinyModel.Text.PRINTABLE).gguf();
    return new OpenAiServer(chat(gguf), params);
  }

  /** Has no chat template. */
  public static OpenAiServer withoutTemplate() throws IOException {
    return withoutTemplate(params -> params);
  }

  /** The same, served otherwise. */
  public static OpenAiServer withoutTemplate(UnaryOperator<ServerParams.Builder> params)
      throws IOException {
    return new OpenAiServer(TinyModel.defaults().gguf(), params);
  }

  /** Any model. */
  public static OpenAiServer of(GgufWriter gguf) throws IOException {
    return new OpenAiServer(gguf, params -> params);
  }

  private static GgufWriter chat(GgufWriter gguf) {
    return gguf.put(ChatTemplate.KEY, ChatTemplate.CHATML);
  }

  public String url() {
    return "http://127.0.0.1:" + server.port();
  }

  public HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create(url() + path)).build(), BodyHandlers.ofString());
  }

  public HttpResponse<String> post(String path, String json)
      throws IOException, InterruptedException {
    return client.send(request(path, json), BodyHandlers.ofString());
  }

  /** The data of the events of a stream, as they come. */
  public Stream<String> events(String path, String json) throws IOException, InterruptedException {
    HttpResponse<Stream<String>> response =
        client.send(request(path, json), BodyHandlers.ofLines());
    return response
        .body()
        .filter(line -> line.startsWith("data: "))
        .map(line -> line.substring("data: ".length()));
  }

  private HttpRequest request(String path, String json) {
    return HttpRequest.newBuilder(URI.create(url() + path))
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(json))
        .build();
  }

  public static JsonNode json(String text) {
    try {
      return MAPPER.readTree(text);
    } catch (IOException e) {
      throw new AssertionError(text, e);
    }
  }

  /** The objects among the events. */
  static List<JsonNode> chunks(List<String> events) {
    return events.stream().filter(e -> e.startsWith("{")).map(OpenAiServer::json).toList();
  }

  /** Waits until the engine has no stream; the test's timeout ends it if it always has. */
  public void awaitIdle() throws InterruptedException {
    while (streams() > 0) {
      Thread.sleep(2);
    }
  }

  public int streams() {
    EngineSnapshot snapshot = engine.snapshot();
    return snapshot.running() + snapshot.waiting() + snapshot.parked();
  }

  @Override
  public void close() {
    client.close();
    server.close();
    engine.close();
    model.close();
  }
}
