package dev.llamastream.server.internal.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.llamastream.GenerationRequest;
import dev.llamastream.Model;
import dev.llamastream.server.internal.json.ApiError;
import dev.llamastream.server.internal.json.ClientNames;
import dev.llamastream.server.internal.json.RequestJson;
import dev.llamastream.server.internal.json.StrictText;
import dev.llamastream.server.internal.net.ContentTypes;
import dev.llamastream.server.internal.net.PeerGoneException;
import dev.llamastream.server.internal.streams.ServedStream;
import dev.llamastream.server.internal.streams.ServedStreams;
import io.vertx.core.http.HttpMethod;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** A request, with its whole body, and the ways to answer it. For the thread of its handler. */
public final class Request {

  private static final Logger LOGGER = System.getLogger(Request.class.getName());

  private final Exchange exchange;
  private final ServerContext serving;
  private byte[] body;
  private @Nullable SseWriter sse;
  private @Nullable RequestJson json;
  private ClientNames clientNames = new ClientNames();

  Request(Exchange exchange, ServerContext serving, byte[] body) {
    this.exchange = exchange;
    this.serving = serving;
    this.body = body;
  }

  /** The path, without the query, double slashes and one at its end. */
  public String path() {
    return Paths.of(exchange.http());
  }

  /** A header's value; null where it is absent. */
  public @Nullable String header(String name) {
    return exchange.http().getHeader(name);
  }

  /**
   * The body of a POST, the query of a GET.
   *
   * @throws ApiError 400 if it is not a JSON object in UTF-8
   */
  public RequestJson json() {
    if (json == null) {
      json =
          exchange.http().method().equals(HttpMethod.POST)
              ? RequestJson.parse(StrictText.decode("the body", body))
              : RequestJson.ofQuery(Query.parse(exchange.http().query()));
      clientNames = json.clientNames();
    }
    return json;
  }

  /** The engine's model. */
  public Model model() {
    return serving.model();
  }

  /** What the model is called. */
  public String modelName() {
    String name = serving.params().modelName();
    return name.isEmpty() ? serving.model().info().description() : name;
  }

  /** Has been read, and is not kept: it may be large, and the answer far away. */
  public void forgetBody() {
    json = null;
    body = new byte[0];
  }

  /** {@link #openAll} for one. */
  public ServedStream open(GenerationRequest request) {
    return openAll(List.of(request)).get(0);
  }

  /**
   * Starts streams that are cancelled when the peer goes: all of them, or none. To be closed. The
   * body is forgotten.
   *
   * @throws ApiError if there are too many, or the engine is closed
   * @throws RuntimeException what the engine throws at a request that it cannot take
   */
  public ServedStreams openAll(List<GenerationRequest> requests) {
    forgetBody();
    return ServedStreams.open(
        requests,
        request -> serving.streams().open(request, exchange.outbox(), exchange.arrived()));
  }

  /**
   * Waits for what another thread computes for this request. If the peer goes it is cancelled, with
   * an interrupt.
   *
   * @throws PeerGoneException if the peer is gone, or goes
   */
  public <T> T await(Future<T> result) throws ExecutionException, InterruptedException {
    Runnable cancel = () -> result.cancel(true);
    exchange.outbox().onGone(cancel);
    try {
      return result.get();
    } catch (CancellationException e) {
      throw new PeerGoneException();
    } finally {
      exchange.outbox().forget(cancel);
    }
  }

  /** What {@code /metrics} shows. */
  public Meters meters() {
    return serving.meters();
  }

  /**
   * Answers with events: status and headers go out now.
   *
   * @throws PeerGoneException if the peer is gone
   */
  public SseWriter sse() {
    SseWriter writer = exchange.sse();
    sse = writer;
    exchange.beat(writer);
    return writer;
  }

  /** Answers with JSON, and waits until it is out, or never will be. */
  public void reply(int status, String json) {
    reply(status, ContentTypes.JSON, Map.of(), json.getBytes(UTF_8));
  }

  /** Answers with bytes, and waits until they are out, or never will be. */
  public void reply(int status, String contentType, Map<String, String> headers, byte[] content) {
    exchange.reply(status, contentType, headers, content).join();
  }

  /** Has it answered, whatever happens. */
  @SuppressWarnings("CatchThrowable") // whatever it is, the peer waits for an answer
  void handle(Handler handler) {
    try {
      handler.handle(this);
      if (sse != null) {
        exchange.end();
      }
    } catch (PeerGoneException e) {
      exchange.end();
    } catch (Throwable e) {
      fail(e);
    }
  }

  private void fail(Throwable failure) {
    ApiError error = ApiError.of(failure, clientNames);
    if (error.status() == 500) {
      LOGGER.log(Level.ERROR, "a request failed", failure);
    }
    if (sse == null) {
      exchange.fail(error);
      return;
    }
    try {
      sse.fail(error);
    } catch (PeerGoneException e) {
      // then it need not know
    }
    exchange.end();
  }
}
