package dev.llamastream.server.internal.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import dev.llamastream.GenerationRequest;
import dev.llamastream.Model;
import dev.llamastream.chat.ChatRequest;
import dev.llamastream.engine.EngineSnapshot;
import dev.llamastream.server.internal.json.ApiError;
import dev.llamastream.server.internal.json.ClientNames;
import dev.llamastream.server.internal.json.Defaults;
import dev.llamastream.server.internal.json.RequestJson;
import dev.llamastream.server.internal.json.StrictText;
import dev.llamastream.server.internal.net.ContentTypes;
import dev.llamastream.server.internal.net.Outbox;
import dev.llamastream.server.internal.net.PeerGoneException;
import dev.llamastream.server.internal.streams.ServedChat;
import dev.llamastream.server.internal.streams.ServedStream;
import dev.llamastream.server.internal.streams.ServedStreams;
import dev.llamastream.server.internal.streams.ServedText;
import dev.llamastream.server.internal.streams.Streams;
import io.vertx.core.http.HttpServerResponse;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A request with its complete body, and the ways to respond to it. Used by its handler's thread.
 */
public final class Request implements RequestHead {

  private static final Logger LOGGER = System.getLogger(Request.class.getName());

  private final Exchange exchange;
  private final ServedModels models;
  private byte[] body;
  private @Nullable StreamWriter stream;
  private @Nullable Runnable beginStream;
  private @Nullable RequestJson json;
  private ClientNames clientNames = new ClientNames();
  private ServedModels.@Nullable Offer chosen;
  private ServedModels.@Nullable Lease lease;

  Request(Exchange exchange, ServedModels models, byte[] body) {
    this.exchange = exchange;
    this.models = models;
    this.body = body;
  }

  @Override
  public String id() {
    return exchange.id();
  }

  @Override
  public String path() {
    return exchange.path();
  }

  @Override
  public @Nullable String header(String name) {
    return exchange.header(name);
  }

  /**
   * The body of a request, or the query of a GET request.
   *
   * @throws ApiError 400 if it is not a JSON object in UTF-8
   */
  public RequestJson json() {
    if (json == null) {
      json =
          switch (exchange.method()) {
            case "GET", "HEAD" -> RequestJson.ofQuery(Query.parse(exchange.query()));
            default -> RequestJson.parse(StrictText.decode("the body", body));
          };
      clientNames = json.clientNames();
    }
    return json;
  }

  /**
   * Chooses the model of this request, which is loaded when it is needed. Without this call, the
   * field {@code model} chooses.
   *
   * @param name as in the request; empty for the default
   * @throws ApiError 404 if there is no such model
   */
  public void choose(String name) {
    if (chosen != null) {
      throw new IllegalStateException("a model was chosen already");
    }
    chosen = models.find(name);
  }

  private ServedModels.Offer chosen() {
    if (chosen == null) {
      choose(json().text("model", ""));
    }
    return requireNonNull(chosen);
  }

  /** Waits until the model is loaded, if it is not. */
  private Served served() {
    if (lease == null) {
      lease = await();
    }
    return lease.served();
  }

  private ServedModels.Lease await() {
    CompletableFuture<ServedModels.Lease> loading = chosen().lease();
    try {
      return await(loading);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof ApiError error ? error : new IllegalStateException(e);
    } catch (InterruptedException e) {
      var _ = loading.thenAccept(ServedModels.Lease::close);
      Thread.currentThread().interrupt();
      throw new PeerGoneException();
    } catch (PeerGoneException e) {
      var _ = loading.thenAccept(ServedModels.Lease::close);
      throw e;
    }
  }

  /** The model of this request; waits until it is loaded. It stays open until the request ends. */
  public Model model() {
    return served().model();
  }

  /** The model's chat template, or that of the defaults; empty for none. Loads nothing. */
  public String chatTemplate() {
    String own = card().info().chatTemplate();
    return own.isEmpty() ? defaults().chatTemplate() : own;
  }

  /**
   * Checks that the model can chat.
   *
   * @throws ApiError 400 if neither the model nor the defaults have a template
   */
  public void requireChatTemplate() {
    if (chatTemplate().isEmpty()) {
      throw ApiError.noChatTemplate();
    }
  }

  /** The values of fields that the request leaves out. */
  public Defaults defaults() {
    return chosen().defaults();
  }

  /** What is known of the model of this request. Loads nothing. */
  public ModelCard card() {
    return chosen().card();
  }

  /** The model's name in responses. */
  public String modelName() {
    return chosen().name();
  }

  /**
   * A part that a handler opens for the model of this request, for instance an embedder. It is
   * closed when the model is unloaded, or the server stops.
   *
   * @param opener opens it for the first request that needs it
   * @throws IllegalStateException if the server stops
   */
  public <T extends AutoCloseable> T part(Class<T> type, Function<Model, T> opener) {
    Served served = served();
    return served.parts().get(type, () -> opener.apply(served.model()));
  }

  /** All models that requests can name, the default first. Loads none. */
  public List<ModelCard> models() {
    return models.cards();
  }

  /**
   * The model that the rest of the path names.
   *
   * @param route the path's beginning, with a slash at its end
   * @throws ApiError 404 if there is no such model
   */
  public ModelCard modelBelow(String route) {
    String name = Paths.decode(path().substring(route.length()));
    return models().stream()
        .filter(card -> card.name().equals(name) || card.aliases().contains(name))
        .findFirst()
        .orElseThrow(() -> ApiError.noModel("this server does not have that model"));
  }

  /**
   * Releases the body, which may be large while the response may take long. Chooses the model
   * first.
   */
  public void forgetBody() {
    var _ = chosen();
    json = null;
    body = new byte[0];
  }

  /** Opens one stream, like {@link #openAll}. */
  ServedStream open(Wanted wanted) {
    forgetBody();
    Streams streams = served().openStreams();
    return wanted.open(streams, exchange.outbox(), exchange.arrived());
  }

  /**
   * Starts all streams or none. They are cancelled when the client disconnects. The caller must
   * close them. The request body is released.
   *
   * @throws ApiError if too many streams are open, or the engine is closed
   * @throws RuntimeException the engine's exception for a request that it rejects
   */
  public ServedStreams<ServedText> openAll(List<GenerationRequest> requests) {
    forgetBody();
    Streams streams = served().openStreams();
    return ServedStreams.open(
        requests, request -> streams.open(request, exchange.outbox(), exchange.arrived()));
  }

  /** Starts an answer in a chat, like {@link #openAll}. */
  public ServedChat openChat(ChatRequest chat) {
    forgetBody();
    return served().openStreams().open(chat, exchange.outbox(), exchange.arrived());
  }

  /** Starts answers in chats, like {@link #openAll}. */
  public ServedStreams<ServedChat> openChats(List<ChatRequest> requests) {
    forgetBody();
    Streams streams = served().openStreams();
    return ServedStreams.open(
        requests, request -> streams.open(request, exchange.outbox(), exchange.arrived()));
  }

  /** What the engine of this request's model does now; nothing while it is not loaded. */
  public EngineSnapshot engine() {
    return chosen().engine();
  }

  /** The number of tokens that one stream of this request's model may have. */
  public int tokensPerStream() {
    return served().openStreams().tokensPerStream();
  }

  /**
   * Runs a task that may take long for a long text, such as tokenizing it. Clients take turns.
   *
   * @param characters the length of the text
   * @throws PeerGoneException if the client has disconnected, or disconnects meanwhile
   */
  public <T> T prepare(long characters, Supplier<T> task) {
    return served().openStreams().prepare(characters, exchange.outbox(), task);
  }

  /**
   * Waits for a result that another thread computes for this request. If the client disconnects,
   * the computation is cancelled and its thread interrupted. If it takes long, a stream begins.
   *
   * @throws PeerGoneException if the client has disconnected, or disconnects meanwhile
   */
  public <T> T await(Future<T> result) throws ExecutionException, InterruptedException {
    Runnable cancel = () -> result.cancel(true);
    exchange.outbox().onGone(cancel);
    try {
      if (beginStream != null && stream == null && !isSoonThere(result)) {
        beginStream.run();
      }
      return result.get();
    } catch (CancellationException e) {
      throw new PeerGoneException();
    } finally {
      exchange.outbox().forget(cancel);
    }
  }

  /** Waits as long as the client may hear nothing. */
  private boolean isSoonThere(Future<?> result) throws ExecutionException, InterruptedException {
    try {
      result.get(exchange.heartbeat().toNanos(), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    }
  }

  /** Whether the client has disconnected. */
  public boolean isGone() {
    return exchange.outbox().isGone();
  }

  /** The metrics shown at {@code /metrics}. */
  public Meters meters() {
    return models.meters();
  }

  /**
   * Says that the response is a stream. It then begins while its model is being loaded, if that
   * takes long: proxies time out silent responses. Call this before anything that needs the model.
   *
   * @param begin calls {@link #sse} or {@link #lines}, and says how errors are written there
   */
  public void streams(Runnable begin) {
    beginStream = begin;
  }

  /** Whether a stream has begun, so that nothing else can be the response. */
  public boolean streamHasBegun() {
    return stream != null;
  }

  /**
   * Starts an event stream, unless it has begun. Status and headers are sent at once.
   *
   * @throws PeerGoneException if the client has disconnected
   */
  public SseWriter sse() {
    return stream instanceof SseWriter begun ? begun : stream(SseWriter::new);
  }

  /** Starts a response of lines of JSON, like {@link #sse}. */
  public LineWriter lines() {
    return stream instanceof LineWriter begun ? begun : stream(LineWriter::new);
  }

  private <W extends StreamWriter> W stream(BiFunction<HttpServerResponse, Outbox, W> kind) {
    W writer = exchange.stream(kind);
    stream = writer;
    return writer;
  }

  /** Responds with JSON. Waits until it is sent, or the client has disconnected. */
  public void reply(int status, String json) {
    reply(status, ContentTypes.JSON, Map.of(), json.getBytes(UTF_8));
  }

  /** Responds with bytes. Waits until they are sent, or the client has disconnected. */
  public void reply(int status, String contentType, Map<String, String> headers, byte[] content) {
    exchange.reply(status, contentType, headers, content).join();
  }

  /** Runs the handler and always sends a response. */
  @SuppressWarnings("CatchThrowable") // the client must get a response whatever fails
  void handle(Handler handler) {
    try {
      handler.handle(this);
      if (stream != null) {
        exchange.end();
      }
    } catch (PeerGoneException e) {
      exchange.end();
    } catch (Throwable e) {
      fail(e);
    } finally {
      if (lease != null) {
        lease.close();
      }
    }
  }

  private void fail(Throwable failure) {
    ApiError error = ApiError.of(failure, clientNames);
    if (error.status() == 500) {
      LOGGER.log(Level.ERROR, "request " + exchange.id() + " failed", failure);
    }
    if (stream == null) {
      exchange.fail(error);
      return;
    }
    try {
      stream.fail(error, exchange.errors().body(error, exchange));
    } catch (PeerGoneException e) {
      // the client has disconnected: no error to send
    }
    exchange.end();
  }
}
