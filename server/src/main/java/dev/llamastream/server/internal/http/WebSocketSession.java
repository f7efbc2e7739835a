package dev.llamastream.server.internal.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamastream.server.internal.json.ApiError;
import dev.llamastream.server.internal.json.ClientNames;
import dev.llamastream.server.internal.json.Json;
import dev.llamastream.server.internal.json.RequestJson;
import dev.llamastream.server.internal.net.Connections;
import dev.llamastream.server.internal.net.Outbox;
import dev.llamastream.server.internal.net.PeerGoneException;
import dev.llamastream.server.internal.streams.ServedStream;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.ServerWebSocket;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket connection. It receives requests, cancels and credits. Each response carries the
 * request's id.
 */
final class WebSocketSession {

  private static final Logger LOGGER = System.getLogger(WebSocketSession.class.getName());
  private static final int MAX_ID = 200;
  private static final int MAX_CREDIT = 1_000_000;
  private static final short GOING_AWAY = 1001;

  private final ServerWebSocket socket;
  private final ServerContext serving;
  private final HttpConnection connection;
  private final Inbox inbox;
  private final Outbox outbox;
  private final ConcurrentMap<Optional<JsonNode>, SocketRequest> running =
      new ConcurrentHashMap<>();

  private WebSocketSession(
      ServerWebSocket socket, HttpConnection connection, String client, ServerContext serving) {
    this.socket = socket;
    this.serving = serving;
    this.connection = connection;
    inbox = new Inbox(2L * serving.params().bodyLimit());
    outbox = serving.outbox(client);
  }

  /** Starts the session on the event loop as soon as the socket is open. */
  static WebSocketSession start(
      ServerWebSocket socket, HttpConnection connection, String client, ServerContext serving) {
    WebSocketSession session = new WebSocketSession(socket, connection, client, serving);
    Duration heartbeat = serving.params().heartbeat();
    long timer = serving.vertx().setPeriodic(heartbeat.toMillis(), _ -> session.beat(heartbeat));
    socket.exceptionHandler(_ -> Connections.cut(connection));
    Connections.frames(connection).onFailure(session.outbox::gone);
    socket.closeHandler(
        _ -> {
          serving.vertx().cancelTimer(timer);
          session.outbox.gone();
        });
    session.outbox.onGone(() -> session.running.values().forEach(SocketRequest::cancel));
    socket.textMessageHandler(session::onMessage);
    socket.binaryMessageHandler(_ -> session.onBinary());
    return session;
  }

  private void onMessage(String text) {
    put(text.length(), () -> receive(text));
  }

  private void onBinary() {
    put(
        0,
        () ->
            sendError(
                null,
                null,
                new ClientNames(),
                ApiError.badRequest("a message must be text, not binary")));
  }

  /**
   * Queues a message. Fails the connection if the client sends faster than the server can process.
   */
  private void put(int characters, Runnable message) {
    if (!inbox.put(characters, message)) {
      Connections.fail(
          connection,
          WebSocketCloseStatus.POLICY_VIOLATION,
          "more messages than can be dealt with");
    }
  }

  @SuppressWarnings("CatchThrowable") // the next message must be received whatever fails
  private void receive(String text) {
    JsonNode id = null;
    ClientNames names = new ClientNames();
    try {
      RequestJson message = RequestJson.parse(text);
      names = message.clientNames();
      id = idOf(message);
      switch (message.text("type", "generate")) {
        case "generate" -> generate(id, message);
        case "cancel" -> cancel(id, message);
        case "credit" -> credit(id, message);
        case "ping" -> {
          message.rejectUnknown();
          send("pong", id, "content", null);
        }
        default -> throw message.error("type", "must be generate, cancel, credit or ping");
      }
    } catch (PeerGoneException e) {
      // the client has disconnected: no error to send
    } catch (Throwable e) {
      sendError(id, null, names, e);
    }
  }

  private static @Nullable JsonNode idOf(RequestJson message) {
    JsonNode id = message.node("id");
    if (id == null
        || id.isIntegralNumber()
        || (id.isTextual() && id.textValue().length() <= MAX_ID)) {
      return id;
    }
    throw message.wrongType(
        "id", id, "a text of at most " + MAX_ID + " characters or a whole number");
  }

  private void generate(@Nullable JsonNode id, RequestJson message) {
    boolean limited = message.has("credit");
    int credit = message.integer("credit", 0, 0, MAX_CREDIT);
    ServedModels.Offer model = serving.models().find(message.text("model", ""));
    Wanted wanted = Wanted.read(message, model.defaults());
    if (serving.inFlight().stopping()) {
      throw ApiError.stopping();
    }
    if (running.size() >= serving.params().requestsPerSocket()) {
      throw ApiError.refused(
          429,
          "too_many_requests",
          String.format(Locale.ROOT, "%d requests run on this socket already", running.size()));
    }
    serving.rates().take(outbox.client());
    SocketRequest request = new SocketRequest(this, id, model, wanted, message.clientNames());
    if (limited) {
      request.credits().grant(credit);
    }
    if (running.putIfAbsent(Optional.ofNullable(id), request) != null) {
      throw message.error("id", "a request with this id is running");
    }
    if (outbox.isGone()) {
      request.cancel();
    }
    serving.start(request);
  }

  /** Cancels a request. It is no error if the request has already ended. */
  private void cancel(@Nullable JsonNode id, RequestJson message) {
    message.rejectUnknown();
    SocketRequest request = running.get(Optional.ofNullable(id));
    if (request != null) {
      request.cancel();
    }
  }

  private void credit(@Nullable JsonNode id, RequestJson message) {
    int pieces = message.integer("n", -1, 1, MAX_CREDIT);
    message.rejectUnknown();
    if (pieces < 0) {
      throw message.error(
          "n", String.format(Locale.ROOT, "missing, must be in [1, %d]", MAX_CREDIT));
    }
    SocketRequest request = running.get(Optional.ofNullable(id));
    if (request != null) {
      request.credits().grant(pieces);
    }
  }

  ServedStream open(Served served, Wanted wanted, long arrived) {
    return wanted.open(served.openStreams(), outbox, arrived);
  }

  void ended(@Nullable JsonNode id, SocketRequest request) {
    running.remove(Optional.ofNullable(id), request);
  }

  void send(String type, @Nullable JsonNode id, String field, @Nullable String value) {
    ObjectNode message = message(type, id);
    if (value != null) {
      message.put(field, value);
    }
    send(message);
  }

  void sendToolCall(@Nullable JsonNode id, ObjectNode call) {
    send(message("tool_call", id).set("tool_call", call));
  }

  void sendDone(@Nullable JsonNode id, SocketRequest request, ServedStream stream) {
    ObjectNode message = message("done", id);
    StreamEnd.put(message, stream);
    sendLast(message, id, request);
  }

  /** Ends a request that was cancelled before its stream began. */
  void sendCancelled(@Nullable JsonNode id, SocketRequest request) {
    ObjectNode message = message("done", id);
    StreamEnd.putCancelled(message);
    try {
      sendLast(message, id, request);
    } catch (PeerGoneException e) {
      // the client has disconnected, which cancelled the request
    }
  }

  /** Reports an error in a message, or in the request that it started. */
  void sendError(
      @Nullable JsonNode id,
      @Nullable SocketRequest request,
      ClientNames names,
      Throwable failure) {
    ApiError error = ApiError.of(failure, names);
    if (error.status() == 500) {
      LOGGER.log(Level.ERROR, "a request failed", failure);
    }
    try {
      sendLast(
          message("error", id).put("message", error.message()).put("code", error.code()),
          id,
          request);
    } catch (PeerGoneException e) {
      // the client has disconnected: no error to send
    }
  }

  private static ObjectNode message(String type, @Nullable JsonNode id) {
    ObjectNode message = Json.object().put("type", type);
    if (id != null) {
      message.set("id", id);
    }
    return message;
  }

  private void send(ObjectNode message) {
    sendLast(message, null, null);
  }

  /** Sends a request's last message. The client may reuse the id once it has read this. */
  private void sendLast(
      ObjectNode message, @Nullable JsonNode id, @Nullable SocketRequest request) {
    String text = Json.write(message);
    outbox.send(
        text.getBytes(UTF_8).length,
        () -> {
          if (request != null) {
            ended(id, request);
          }
          return socket.writeTextMessage(text);
        });
  }

  private void beat(Duration silence) {
    outbox.sendIfSilent(silence, 2, () -> socket.writePing(Buffer.buffer()));
  }

  /** Sends a close frame and closes the socket. */
  void close() {
    socket.close(GOING_AWAY, "the server is shutting down");
  }

  void onGone(Runnable listener) {
    outbox.onGone(listener);
  }
}
