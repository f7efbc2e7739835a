package dev.llamastream.server;

import dev.llamastream.ContextParams;
import dev.llamastream.Model;
import dev.llamastream.engine.Engine;
import dev.llamastream.engine.EngineListener;
import dev.llamastream.engine.EngineParams;
import dev.llamastream.engine.EngineSnapshot;
import dev.llamastream.fixture.ChatTemplate;
import dev.llamastream.fixture.TinyModel;
import dev.llamastream.server.internal.http.Meters;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

/** A server on a free port, with an engine and a model of its own. */
public final class TestServer implements AutoCloseable {

  /** Generates readable text, and never ends by itself. */
  public static final Path ENDLESS =
      TinyModel.defaults()
          .withText(TinyModel.Text.PRINTABLE)
          .gguf()
          .put(ChatTemplate.KEY, ChatTemplate.CHATML)
          .writeShared("endless");

  private final Model model;
  public final Engine engine;
  final Meters metrics;
  public final LlamaServer server;

  private TestServer(
      Path file,
      UnaryOperator<EngineParams.Builder> engineParams,
      UnaryOperator<ServerParams.Builder> serverParams,
      EngineListener listener)
      throws IOException {
    model = Model.load(file);
    ServerMetrics shown = new ServerMetrics();
    metrics = shown.meters();
    EngineListener both = listener == null ? shown : listener;
    engine =
        Engine.open(
            model,
            engineParams
                .apply(
                    EngineParams.builder()
                        .context(ContextParams.builder().contextSize(8192).threads(1).build())
                        .listener(both))
                .build());
    server =
        LlamaServer.start(
            engine,
            model,
            serverParams.apply(ServerParams.builder().port(0).metrics(shown)).build());
  }

  static TestServer start() throws IOException {
    return start(ENDLESS);
  }

  public static TestServer start(Path model) throws IOException {
    return new TestServer(model, params -> params, params -> params, null);
  }

  public static TestServer start(Path model, UnaryOperator<ServerParams.Builder> serverParams)
      throws IOException {
    return new TestServer(model, params -> params, serverParams, null);
  }

  static TestServer start(UnaryOperator<ServerParams.Builder> serverParams) throws IOException {
    return new TestServer(ENDLESS, params -> params, serverParams, null);
  }

  static TestServer start(
      UnaryOperator<EngineParams.Builder> engineParams,
      UnaryOperator<ServerParams.Builder> serverParams)
      throws IOException {
    return new TestServer(ENDLESS, engineParams, serverParams, null);
  }

  static TestServer start(
      UnaryOperator<EngineParams.Builder> engineParams,
      UnaryOperator<ServerParams.Builder> serverParams,
      EngineListener listener)
      throws IOException {
    return new TestServer(ENDLESS, engineParams, serverParams, listener);
  }

  int port() {
    return server.port();
  }

  public RawHttp connect() throws IOException {
    return RawHttp.connect(port());
  }

  RawWebSocket webSocket() throws IOException {
    return RawWebSocket.connect(port(), "/ws");
  }

  /** Waits until the engine has no stream. */
  public void awaitIdle() {
    await(() -> total(engine.snapshot()) == 0);
  }

  static int total(EngineSnapshot snapshot) {
    return snapshot.running() + snapshot.waiting() + snapshot.parked();
  }

  /** Waits until it is so; the test's timeout ends it if it never is. */
  static void await(BooleanSupplier condition) {
    try {
      while (!condition.getAsBoolean()) {
        Thread.sleep(2);
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    server.close();
    engine.close();
    model.close();
  }
}
