package dev.llamastream.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.Model;
import dev.llamastream.engine.Engine;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.time.Duration;
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
  private final ServerParams params = ServerParams.builder().port(0).build();
  private final InFlight inFlight = new InFlight();
  private final Router router = new Router();
  private Model model;
  private Engine engine;
  private HttpServer http;

  @BeforeEach
  void start() throws Exception {
    model = Model.load(TestServer.ENDLESS);
    engine = Engine.open(model);
    Context eventLoop = vertx.getOrCreateContext();
    ServerContext serving =
        new ServerContext(
            engine,
            model,
            params,
            params.metrics(),
            new Streams(engine, params),
            inFlight,
            vertx,
            eventLoop);
    Dispatcher dispatcher =
        new Dispatcher(serving, router, new Connections(vertx, params, serving.bodyLimit()));
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
