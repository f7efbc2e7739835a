package dev.llamastream.server.internal.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.Model;
import dev.llamastream.engine.Engine;
import dev.llamastream.fixture.TinyModel;
import dev.llamastream.server.RawHttp;
import dev.llamastream.server.internal.json.Defaults;
import dev.llamastream.server.internal.net.ConnectionLimits;
import dev.llamastream.server.internal.net.Connections;
import dev.llamastream.server.internal.streams.Streams;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever a handler throws, its client is answered, and told nothing of the inside. */
@Timeout(60)
class FailingHandlerTest {

  private static final String SECRET = "/home/alice";

  private final Vertx vertx = Vertx.vertx();
  private final HttpParams params =
      new HttpParams(1 << 20, Duration.ofSeconds(30), 16, 64 << 10, Duration.ofSeconds(15));
  private final Meters meters = new Meters();
  private final InFlight inFlight = new InFlight();
  private final Router router = new Router();
  private Model model;
  private Engine engine;
  private HttpServer http;

  @BeforeEach
  void start() throws Exception {
    model = Model.load(TinyModel.defaults().path());
    engine = Engine.open(model);
    Context eventLoop = vertx.getOrCreateContext();
    Served served =
        new Served(model, "", Defaults.NONE, new Streams(engine, 1024, meters::firstToken), meters);
    ServerContext serving =
        new ServerContext(
            new OneModel(served, 0, engine::isClosed),
            params,
            new RateLimit(0, System::nanoTime),
            inFlight,
            vertx,
            eventLoop);
    Duration limit = Duration.ofMinutes(1);
    Connections connections =
        new Connections(
            vertx,
            new ConnectionLimits(1024, params.bodyLimit(), limit, limit, limit),
            meters.connections(),
            _ -> {});
    AccessRules rules = new AccessRules("127.0.0.1", List.of(), List.of(), List.of());
    Dispatcher dispatcher = new Dispatcher(serving, rules, router, connections);
    http = vertx.createHttpServer().requestHandler(dispatcher::onRequest);
    http.listen(0, "127.0.0.1").toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  @AfterEach
  void stop() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    engine.close();
    model.close();
  }

  private void assertNoneIsLeft() {
    assertThat(inFlight.awaitNone(Duration.ofSeconds(30))).isTrue();
  }

  @Test
  void answersAnError() throws Exception {
    router.get(
        "/boom",
        _ -> {
          throw new OutOfMemoryError(SECRET);
        });
    try (RawHttp client = RawHttp.connect(http.actualPort())) {
      RawHttp.Response response = client.get("/boom");
      assertThat(response.status()).isEqualTo(500);
      assertThat(response.body()).contains("internal_error").doesNotContain(SECRET);
      assertThat(client.get("/health").status()).isEqualTo(200);
    }
    assertNoneIsLeft();
  }

  @Test
  void endsAStreamWithAnError() throws Exception {
    router.get(
        "/boom",
        request -> {
          request.sse().data("first");
          throw new StackOverflowError(SECRET);
        });
    try (RawHttp client = RawHttp.connect(http.actualPort())) {
      assertThat(client.get("/boom").status()).isEqualTo(200);
      assertThat(client.chunks())
          .startsWith("data: first\n\nevent: error\n")
          .contains("internal_error")
          .doesNotContain(SECRET);
      assertThat(client.get("/health").status()).isEqualTo(200);
    }
    assertNoneIsLeft();
  }
}
