package dev.llamastream.server.internal.http;

import dev.llamastream.server.internal.json.ApiError;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;

/** Validates the opening handshake of a WebSocket (RFC 6455, 4.2.1). */
public final class WebSocketHandshake {

  static final String PROTOCOL = "Sec-WebSocket-Protocol";

  private static final String UPGRADE = "Upgrade";
  private static final String WEBSOCKET = "websocket";
  private static final String CONNECTION = "Connection";
  private static final String VERSION = "Sec-WebSocket-Version";
  private static final String SUPPORTED = "13";
  private static final String KEY = "Sec-WebSocket-Key";
  private static final int KEY_LENGTH = 24;
  private static final int KEY_BYTES = 16;

  private WebSocketHandshake() {}

  /** Whether the client requests a WebSocket. HTTP/1.0 clients cannot (RFC 9110, 7.8). */
  static boolean isAsked(HttpServerRequest http) {
    return http.method().equals(HttpMethod.GET)
        && http.version() == HttpVersion.HTTP_1_1
        && hasToken(http.headers(), UPGRADE, WEBSOCKET);
  }

  /**
   * Checks the handshake. Where Vert.x and Netty read only the first of several values, this leaves
   * a single one.
   *
   * @throws ApiError 400 or 426
   */
  static void check(HttpServerRequest http) {
    MultiMap headers = http.headers();
    if (!hasToken(headers, CONNECTION, UPGRADE)) {
      throw bad("Connection: must be Upgrade");
    }
    String version = only(headers, VERSION);
    if (!version.equals(SUPPORTED)) {
      throw upgradeRequired(VERSION + ": " + version + ", must be " + SUPPORTED)
          .header(VERSION, SUPPORTED);
    }
    if (!isKey(only(headers, KEY))) {
      throw bad(KEY + ": must be 16 bytes in base64");
    }
    headers.set(UPGRADE, WEBSOCKET).set(CONNECTION, UPGRADE);
    if (headers.contains(PROTOCOL)) {
      headers.set(PROTOCOL, String.join(",", headers.getAll(PROTOCOL)));
    }
  }

  /** Status 426: this path only serves WebSockets, of a single version. */
  public static ApiError upgradeRequired(String message) {
    return ApiError.refused(426, "upgrade_required", message)
        .header(UPGRADE, WEBSOCKET)
        .header(CONNECTION, UPGRADE);
  }

  private static boolean hasToken(MultiMap headers, String name, String token) {
    return headers.getAll(name).stream()
        .flatMap(value -> Stream.of(value.split(",")))
        .anyMatch(value -> value.strip().equalsIgnoreCase(token));
  }

  private static String only(MultiMap headers, String name) {
    List<String> values = headers.getAll(name);
    if (values.size() != 1) {
      throw bad("there must be one " + name + " header");
    }
    return values.getFirst().strip();
  }

  private static boolean isKey(String key) {
    try {
      return key.length() == KEY_LENGTH && Base64.getDecoder().decode(key).length == KEY_BYTES;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static ApiError bad(String message) {
    return ApiError.badRequest("not a WebSocket handshake: " + message);
  }
}
