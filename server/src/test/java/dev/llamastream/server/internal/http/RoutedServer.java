package dev.llamastream.server.internal.http;

import dev.llamastream.Model;
import dev.llamastream.engine.Engine;
import dev.llamastream.fixture.TinyModel;
import dev.llamastream.server.RawHttp;
import dev.llamastream.server.internal.json.Defaults;
import dev.llamastream.server.internal.net.ConnectionLimits;
import dev.llamastream.server.internal.net.Connections;
import dev.llamastream.server.internal.streams.Streams;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A server on a free port with the routes of a test. */
final class RoutedServer implements AutoCloseable {

  static final int BODY_LIMIT = 1 << 10;

  private final Vertx vertx = Vertx.vertx();
  private final Model model = Model.load(TinyModel.defaults().path());
  private final Engine engine = Engine.open(model);
  private final HttpServer http;
  final Router router = new Router();
  final InFlight inFlight = new InFlight();

  private RoutedServer(String token) {
    HttpParams params =
        new HttpParams(BODY_LIMIT, Duration.ofSeconds(30), 16, 64 << 10, Duration.ofSeconds(15));
    Meters meters = new Meters();
    Served served =
        new Served(model, "", Defaults.NONE, new Streams(engine, 1024, meters::firstToken), meters);
    ServerContext serving =
        new ServerContext(
            new OneModel(served, engine::isClosed),
            params,
            new RateLimit(0, System::nanoTime),
            inFlight,
            vertx,
            vertx.getOrCreateContext());
    Duration limit = Duration.ofMinutes(1);
    Connections connections =
        new Connections(
            vertx,
            new ConnectionLimits(1024, params.bodyLimit(), limit, limit, limit),
            meters.connections(),
            _ -> {});
    AccessRules rules =
        new AccessRules(
            "127.0.0.1", List.of(), List.of(), token.isEmpty() ? List.of() : List.of(token));
    Dispatcher dispatcher = new Dispatcher(serving, rules, router, connections);
    http =
        vertx
            .createHttpServer()
            .requestHandler(dispatcher::onRequest)
            .invalidRequestHandler(dispatcher::onInvalid);
  }

  /** Starts a server without routes. Requests may come as soon as the test has added its own. */
  static RoutedServer start(String token) {
    RoutedServer server = new RoutedServer(token);
    server
        .http
        .listen(0, "127.0.0.1")
        .toCompletionStage()
        .toCompletableFuture()
        .orTimeout(10, TimeUnit.SECONDS)
        .join();
    return server;
  }

  RawHttp connect() throws IOException {
    return RawHttp.connect(http.actualPort());
  }

  @Override
  public void close() {
    vertx.close().toCompletionStage().toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
    engine.close();
    model.close();
  }
}
