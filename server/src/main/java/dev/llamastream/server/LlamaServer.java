package dev.llamastream.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.llamastream.Model;
import dev.llamastream.engine.Engine;
import dev.llamastream.server.internal.anthropic.AnthropicRoutes;
import dev.llamastream.server.internal.embeddings.Embeddings;
import dev.llamastream.server.internal.http.AccessCheck;
import dev.llamastream.server.internal.http.AccessRules;
import dev.llamastream.server.internal.http.Dispatcher;
import dev.llamastream.server.internal.http.HttpParams;
import dev.llamastream.server.internal.http.InFlight;
import dev.llamastream.server.internal.http.Meters;
import dev.llamastream.server.internal.http.OneModel;
import dev.llamastream.server.internal.http.Page;
import dev.llamastream.server.internal.http.RateLimit;
import dev.llamastream.server.internal.http.Request;
import dev.llamastream.server.internal.http.Router;
import dev.llamastream.server.internal.http.Served;
import dev.llamastream.server.internal.http.ServedModels;
import dev.llamastream.server.internal.http.ServerContext;
import dev.llamastream.server.internal.http.StreamHandler;
import dev.llamastream.server.internal.http.WebSocketHandshake;
import dev.llamastream.server.internal.llamacpp.LlamaCppRoutes;
import dev.llamastream.server.internal.models.ModelPool;
import dev.llamastream.server.internal.models.PoolParams;
import dev.llamastream.server.internal.net.AcceptGuard;
import dev.llamastream.server.internal.net.ConnectionLimits;
import dev.llamastream.server.internal.net.Connections;
import dev.llamastream.server.internal.net.TlsFiles;
import dev.llamastream.server.internal.net.VertxInternals;
import dev.llamastream.server.internal.ollama.OllamaRoutes;
import dev.llamastream.server.internal.openai.OpenAiRoutes;
import dev.llamastream.server.internal.rerank.RerankRoutes;
import dev.llamastream.server.internal.streams.Streams;
import dev.llamastream.server.spi.ModelLibrary;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.io.IOException;
import java.net.BindException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Serves the streams of one engine over HTTP, or those of several models that it loads itself.
 * Thread-safe.
 *
 * @since 0.1.0
 */
public final class LlamaServer implements AutoCloseable {

  /** How long to wait for connections to close. A client that does not read cannot be notified. */
  private static final Duration FAREWELL = Duration.ofSeconds(2);

  /** How long a model stays at least when other models wait for its memory. */
  private static final Duration MODEL_STAY = Duration.ofSeconds(5);

  /** How often to look whether the certificate was renewed. */
  private static final Duration CERTIFICATE_INTERVAL = Duration.ofSeconds(10);

  private final Vertx vertx;
  private final HttpServer http;
  private final ServerContext serving;
  private final Router router;
  private final Connections connections;
  private final Dispatcher dispatcher;
  private final ReentrantLock closing = new ReentrantLock();
  private boolean closed;

  private LlamaServer(
      Vertx vertx,
      HttpServer http,
      ServerContext serving,
      Router router,
      Connections connections,
      Dispatcher dispatcher) {
    this.vertx = vertx;
    this.http = http;
    this.serving = serving;
    this.router = router;
    this.connections = connections;
    this.dispatcher = dispatcher;
  }

  /**
   * Starts a server with one model. It accepts requests when this method returns. Requests may call
   * the model by any name. The caller keeps ownership of the engine: close the server first, then
   * the engine.
   *
   * @param model the engine's model
   * @throws IOException if the server cannot listen, for instance because the port is taken
   */
  public static LlamaServer start(Engine engine, Model model, ServerParams params)
      throws IOException {
    Meters meters = params.metrics().meters();
    Streams streams = new Streams(engine, params.maxStreams(), meters::firstToken);
    Served served =
        new Served(model, params.modelName(), params.requestDefaults().values(), streams, meters);
    meters.watch(served.modelName(), engine::snapshot);
    return start(
        new OneModel(served, engine::isClosed),
        params,
        params.values().bodyLimit(engine.contextSize()));
  }

  /**
   * Starts a server with several models. It accepts requests when this method returns. A model is
   * loaded when the first request names it, and unloaded as {@link ServerParams#memoryBudget()} and
   * {@link ServerParams#idleUnload()} say. The first one is the default for requests that name
   * none. With a single model, requests may use any name.
   *
   * <p>Models that do not fit into memory together take turns: each stays for 5 s, or for as long
   * as its load took, before it makes room for another. Streams that run are never cut.
   *
   * @param models their names and aliases must differ
   * @throws IllegalArgumentException if there are no models, a name occurs twice, a model alone
   *     takes more than the budget, or the parameters have a {@code modelName} or {@code
   *     requestDefaults}, which each model has of its own
   * @throws dev.llamastream.ModelLoadException if a file is missing or damaged
   * @throws IOException if the server cannot listen, for instance because the port is taken
   */
  public static LlamaServer start(List<ModelSource> models, ServerParams params)
      throws IOException {
    List<ModelSource> sources = List.copyOf(models);
    if (!params.modelName().isEmpty() || !params.requestDefaults().equals(RequestDefaults.NONE)) {
      throw new IllegalArgumentException(
          "modelName, requestDefaults: must be those of each model, not of the server");
    }
    ModelPool pool =
        new ModelPool(
            sources.stream().map(ModelSource::spec).toList(),
            new PoolParams(
                params.memoryBudget() == 0 ? Long.MAX_VALUE : params.memoryBudget(),
                params.idleUnload(),
                MODEL_STAY,
                params.maxStreams()),
            params.metrics().meters());
    return start(pool, params, params.values().bodyLimit(largestContext(sources, pool)));
  }

  /** A context of size 0 is as large as the model was trained with. */
  private static int largestContext(List<ModelSource> sources, ModelPool pool) {
    int largest = 0;
    for (int i = 0; i < sources.size(); i++) {
      int size = sources.get(i).engineParams().context().contextSize();
      int trained = pool.cards().get(i).info().trainedContextSize();
      largest = Math.max(largest, size == 0 ? trained : size);
    }
    return largest;
  }

  private static LlamaServer start(ServedModels models, ServerParams params, int bodyLimit)
      throws IOException {
    LlamaServer server = null;
    try {
      server = listen(models, params, bodyLimit);
      return server;
    } finally {
      if (server == null) {
        models.close();
      }
    }
  }

  private static LlamaServer listen(ServedModels models, ServerParams params, int bodyLimit)
      throws IOException {
    VertxInternals.requireAccess();
    Meters meters = models.meters();
    HttpParams httpParams = httpParams(params, bodyLimit);
    AcceptGuard acceptGuard = new AcceptGuard();
    Vertx vertx =
        Vertx.builder().with(vertxOptions()).withTransport(acceptGuard.transport()).build();
    Context eventLoop = vertx.getOrCreateContext();
    ServerContext serving =
        new ServerContext(
            models,
            httpParams,
            new RateLimit(params.requestsPerMinute(), System::nanoTime),
            new InFlight(),
            vertx,
            eventLoop);
    Connections connections =
        new Connections(
            vertx,
            connectionLimits(params, httpParams.bodyLimit()),
            meters.connections(),
            status -> meters.request("invalid", status));
    acceptGuard.makesRoom(() -> eventLoop.runOnContext(_ -> connections.makeRoom()));
    Router router = routes(meters, params.modelLibrary());
    Dispatcher dispatcher = new Dispatcher(serving, accessRules(params), router, connections);
    HttpServer http =
        vertx
            .createHttpServer(options(params, httpParams.bodyLimit()))
            .connectionHandler(connections::opened)
            .invalidRequestHandler(dispatcher::onInvalid)
            .requestHandler(dispatcher::onRequest);
    CompletableFuture<HttpServer> listening = new CompletableFuture<>();
    eventLoop.runOnContext(
        _ ->
            http.listen()
                .onSuccess(listening::complete)
                .onFailure(listening::completeExceptionally));
    try {
      listening.join();
    } catch (CompletionException e) {
      router.close();
      vertx.close();
      throw cannotListen(params, e.getCause() == null ? e : e.getCause());
    }
    tls(params).ifPresent(files -> files.watch(vertx, http, CERTIFICATE_INTERVAL));
    return new LlamaServer(vertx, http, serving, router, connections, dispatcher);
  }

  /** One event loop serves any number of slow streams and needs no locks. */
  private static VertxOptions vertxOptions() {
    return new VertxOptions()
        .setEventLoopPoolSize(1)
        .setWorkerPoolSize(1)
        .setInternalBlockingPoolSize(1)
        .setFileSystemOptions(
            new FileSystemOptions()
                .setFileCachingEnabled(false)
                .setClassPathResolvingEnabled(false));
  }

  private static HttpParams httpParams(ServerParams params, int bodyLimit) {
    return new HttpParams(
        bodyLimit,
        params.bodyTimeout(),
        params.requestsPerSocket(),
        params.sendBuffer(),
        params.heartbeat());
  }

  private static ConnectionLimits connectionLimits(ServerParams params, int messageBytes) {
    return new ConnectionLimits(
        params.maxConnections(),
        messageBytes,
        params.headerTimeout(),
        params.idleTimeout(),
        params.stallTimeout());
  }

  private static AccessRules accessRules(ServerParams params) {
    return new AccessRules(
        params.host(), params.allowedHosts(), params.corsOrigins(), params.values().tokens());
  }

  private static HttpServerOptions options(ServerParams params, int bodyLimit) {
    HttpServerOptions options =
        new HttpServerOptions()
            .setHost(params.host())
            .setPort(params.port())
            .setReuseAddress(true)
            .setTcpNoDelay(true)
            .setTcpKeepAlive(true)
            .setHttp2ClearTextEnabled(false)
            .setHandle100ContinueAutomatically(false)
            .setMaxInitialLineLength(16 << 10)
            .setMaxHeaderSize(16 << 10)
            .setMaxChunkSize(16 << 10)
            .setMaxWebSocketFrameSize(bodyLimit)
            .setMaxWebSocketMessageSize(bodyLimit)
            // a small compressed message can inflate to a huge one, and tokens are too short to
            // compress
            .setPerMessageWebSocketCompressionSupported(false)
            .setPerFrameWebSocketCompressionSupported(false)
            .setWebSocketSubProtocols(List.of(AccessCheck.SUBPROTOCOL))
            .setWebSocketClosingTimeout(5);
    tls(params).ifPresent(files -> files.addTo(options));
    if (params.socketSendBuffer() > 0) {
      options.setSendBufferSize(params.socketSendBuffer());
    }
    return options;
  }

  private static Optional<TlsFiles> tls(ServerParams params) {
    return params.tls().map(files -> new TlsFiles(files.certificate(), files.key()));
  }

  private static IOException cannotListen(ServerParams params, Throwable cause) {
    String reason =
        cause instanceof BindException
            ? "the port is taken, or the address is not this machine's"
            : String.valueOf(cause.getMessage());
    return new IOException(
        String.format(
            Locale.ROOT, "cannot listen on %s, port %d: %s", params.host(), params.port(), reason),
        cause);
  }

  private static Router routes(Meters meters, ModelLibrary library) {
    Router router = new Router();
    StreamHandler stream = new StreamHandler();
    router.on("POST", Dispatcher.STREAM, stream);
    router.on("GET", Dispatcher.STREAM, stream);
    router.on("GET", "/ws", LlamaServer::onlyWebSocket);
    Dispatcher.HEALTH.forEach(path -> router.get(path, _ -> {})); // handled in the dispatcher
    router.get(
        "/metrics",
        request ->
            request.reply(
                200,
                "text/plain; version=0.0.4; charset=utf-8",
                Map.of(),
                meters.scrape().getBytes(UTF_8)));
    Embeddings embeddings = new Embeddings(); // shared by the forms
    OpenAiRoutes.addTo(router, embeddings);
    AnthropicRoutes.addTo(router);
    OllamaRoutes.addTo(router, embeddings, library);
    LlamaCppRoutes.addTo(router, embeddings);
    RerankRoutes.addTo(router);
    Page.addTo(router);
    return router;
  }

  private static void onlyWebSocket(Request request) {
    throw WebSocketHandshake.upgradeRequired("this is a WebSocket");
  }

  /** All routes. */
  Router router() {
    return router;
  }

  /** The requests in progress. */
  InFlight inFlight() {
    return serving.inFlight();
  }

  /** The port that the server listens on. */
  public int port() {
    return http.actualPort();
  }

  /**
   * Stops the server. New requests get status 503. Running requests may finish within the grace
   * period; after it they get an error. Then all connections are closed. Returns when the server
   * has stopped; concurrent callers wait for that too.
   */
  public void close(Duration grace) {
    serving.inFlight().stop();
    closing.lock();
    try {
      if (!closed) {
        closed = true;
        end(grace);
      }
    } finally {
      closing.unlock();
    }
  }

  private void end(Duration grace) {
    serving.inFlight().awaitNone(grace);
    serving.models().evict();
    router.close();
    serving.inFlight().awaitNone(FAREWELL);
    dispatcher.closeSockets();
    vertx.setTimer(FAREWELL.toMillis(), _ -> connections.cutAll());
    try {
      awaitInOrder(http.shutdown(FAREWELL), vertx::close);
    } finally {
      serving.models().close();
    }
  }

  /** Stops the server without waiting for running requests. */
  @Override
  public void close() {
    close(Duration.ZERO);
  }

  /** Starts the second step after the first one, even if the first one fails or times out. */
  static void awaitInOrder(Future<Void> first, Supplier<Future<Void>> second) {
    try {
      await(first);
    } finally {
      await(second.get());
    }
  }

  private static void await(Future<Void> ending) {
    try {
      ending.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("the server did not close", e);
    }
  }
}
