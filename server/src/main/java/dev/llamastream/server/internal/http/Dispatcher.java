package dev.llamastream.server.internal.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.llamastream.server.internal.json.ApiError;
import dev.llamastream.server.internal.json.Json;
import dev.llamastream.server.internal.net.Connections;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.net.SocketAddress;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Takes a request from its head to its handler. Runs on the event loop. */
public final class Dispatcher {

  /** The paths of the health check. */
  public static final Set<String> HEALTH = Set.of("/health", "/v1/health");

  /** The one path that generates for a GET request. */
  public static final String STREAM = "/stream";

  private final ServerContext serving;
  private final Router router;
  private final Connections connections;
  private final AccessCheck access;
  private final Set<WebSocketSession> sockets = ConcurrentHashMap.newKeySet();

  /** Creates a dispatcher. Routes must not be added to the router after this. */
  public Dispatcher(
      ServerContext serving, AccessRules rules, Router router, Connections connections) {
    this.serving = serving;
    this.router = router;
    this.connections = connections;
    access = new AccessCheck(rules);
  }

  /** Handles a request whose head has been read. */
  public void onRequest(HttpServerRequest http) {
    HttpExchange exchange = begin(http, router.route(Paths.of(http)));
    try {
      dispatch(exchange, http);
    } catch (ApiError e) {
      exchange.refuse(e);
    }
  }

  /** Handles a request that Vert.x could not parse. */
  public void onInvalid(HttpServerRequest http) {
    Throwable cause = http.decoderResult().cause();
    ApiError error =
        switch (cause) {
          case TooLongHttpLineException _ ->
              ApiError.refused(414, "uri_too_long", "the URI is too long");
          case TooLongHttpHeaderException _ ->
              ApiError.refused(431, "headers_too_large", "the headers are too large");
          case null, default -> ApiError.badRequest("not HTTP");
        };
    begin(http, "invalid").refuseConnection(error);
  }

  private HttpExchange begin(HttpServerRequest http, String route) {
    connections.busy(http.connection());
    http.response().endHandler(_ -> connections.idle(http.connection()));
    http.response().putHeader("X-Content-Type-Options", "nosniff");
    SocketAddress address = http.connection().remoteAddress();
    String client =
        access.client(http.headers(), address == null ? "" : String.valueOf(address.hostAddress()));
    return new HttpExchange(http, serving, route, router.errors(Paths.of(http)), client);
  }

  private void dispatch(HttpExchange exchange, HttpServerRequest http) {
    String path = Paths.of(http);
    boolean health = HEALTH.contains(path) && isGet(http);
    Framing.check(http);
    String host =
        AccessCheck.host(http.uri(), http.headers(), http.version() == HttpVersion.HTTP_1_0);
    if (host != null && !health) {
      access.checkHost(host); // health probes may use an IP address or any host name
    }
    access.checkOrigin(http.headers(), host, health || (isGet(http) && Page.has(path)));
    boolean preflight = allowOrigin(exchange, http);
    if (preflight) {
      return;
    }
    if (health) {
      // answered on the event loop, so that the health check responds under any load
      String status =
          serving.inFlight().stopping()
              ? "stopping"
              : serving.models().ended() ? "engine_closed" : "ok";
      exchange.reply(
          status.equals("ok") ? 200 : 503,
          Json.write(Json.object().put("status", status)).getBytes(UTF_8));
      return;
    }
    boolean upgrade = WebSocketHandshake.isAsked(http);
    if (upgrade || !Page.has(path)) {
      access.checkToken(http.headers());
    }
    if (serving.inFlight().stopping()) {
      throw ApiError.stopping();
    }
    if (upgrade) {
      upgrade(exchange, http, path);
    } else {
      if (asksTheModel(http, path)) {
        serving.rates().take(exchange.outbox().client());
      }
      handle(exchange, http, router.find(http.method().name(), path));
    }
  }

  /** Only requests that use a model count for the rate limit. */
  private static boolean asksTheModel(HttpServerRequest http, String path) {
    return http.method().equals(HttpMethod.POST) || (path.equals(STREAM) && isGet(http));
  }

  /**
   * Tells browsers that a listed origin may read the response. Returns true for a preflight
   * request, which needs nothing more.
   */
  private boolean allowOrigin(HttpExchange exchange, HttpServerRequest http) {
    String origin = http.getHeader("Origin");
    if (!access.listed(origin)) {
      return false;
    }
    HttpServerResponse response = http.response();
    response.putHeader("Access-Control-Allow-Origin", origin);
    response.putHeader("Access-Control-Expose-Headers", "request-id, x-request-id");
    response.putHeader("Vary", "Origin");
    String method = http.getHeader("Access-Control-Request-Method");
    if (!http.method().equals(HttpMethod.OPTIONS) || method == null) {
      return false;
    }
    response.putHeader("Access-Control-Allow-Methods", "GET, POST, DELETE");
    String headers = http.getHeader("Access-Control-Request-Headers");
    if (headers != null) {
      response.putHeader("Access-Control-Allow-Headers", headers);
    }
    response.putHeader("Access-Control-Max-Age", "600");
    exchange.reply(204, new byte[0]);
    return true;
  }

  private static boolean isGet(HttpServerRequest http) {
    return http.method().equals(HttpMethod.GET) || http.method().equals(HttpMethod.HEAD);
  }

  private void handle(HttpExchange exchange, HttpServerRequest http, Handler handler) {
    if (isGet(http)) {
      start(exchange, handler, new byte[0]);
      return;
    }
    checkEncodings(http);
    int limit = serving.params().bodyLimit();
    String length = http.getHeader("Content-Length");
    if (length != null && (length.length() > 10 || Long.parseLong(length) > limit)) {
      throw BodyReader.tooLong(limit);
    }
    if (Framing.expectsContinue(http)) {
      var _ = http.response().writeContinue();
    }
    BodyReader.read(exchange, serving, body -> start(exchange, handler, body));
  }

  private static void checkEncodings(HttpServerRequest http) {
    String[] type = parts(http.getHeader("Content-Type"));
    if (!type[0].equals("application/json")) {
      throw unsupported("the Content-Type must be application/json");
    }
    for (String parameter : type) {
      String value = parameter.replace("\"", "");
      if (value.startsWith("charset=") && !value.matches("charset=(utf-?8|us-ascii)")) {
        throw unsupported("the charset of the body must be UTF-8");
      }
    }
    String coding = http.getHeader("Content-Encoding");
    if (coding != null && !coding.strip().equalsIgnoreCase("identity")) {
      throw unsupported("the Content-Encoding must be identity: compressed bodies are not read")
          .header("Accept-Encoding", "identity");
    }
  }

  private static ApiError unsupported(String message) {
    return ApiError.refused(415, "unsupported_media_type", message);
  }

  /** A header's value and its parameters, in lower case. */
  private static String[] parts(@Nullable String header) {
    return header == null
        ? new String[] {""}
        : header.strip().toLowerCase(Locale.ROOT).split("\\s*;\\s*");
  }

  private void start(HttpExchange exchange, Handler handler, byte[] body) {
    Request request = new Request(exchange, serving.models(), body);
    serving.start(() -> request.handle(handler));
  }

  private void upgrade(HttpExchange exchange, HttpServerRequest http, String path) {
    if (!path.equals("/ws") && !path.equals("/")) {
      throw ApiError.refused(404, "not_found", "there is no WebSocket at this path");
    }
    if (exchange.hasBody()) {
      throw ApiError.badRequest("not a WebSocket handshake: it has no body");
    }
    WebSocketHandshake.check(http);
    http.toWebSocket()
        .onSuccess(socket -> onSocket(socket, http.connection(), exchange.outbox().client()))
        .onFailure(_ -> exchange.refuse(ApiError.badRequest("not a WebSocket handshake")));
  }

  private void onSocket(ServerWebSocket socket, HttpConnection connection, String client) {
    WebSocketSession session = WebSocketSession.start(socket, connection, client, serving);
    sockets.add(session);
    serving.meters().webSockets().incrementAndGet();
    session.onGone(
        () -> {
          sockets.remove(session);
          serving.meters().webSockets().decrementAndGet();
        });
  }

  /** Closes all WebSockets with a close frame. */
  public void closeSockets() {
    sockets.forEach(WebSocketSession::close);
  }
}
