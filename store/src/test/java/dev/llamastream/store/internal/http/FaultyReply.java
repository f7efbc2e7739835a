package dev.llamastream.store.internal.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What {@link FaultyServer} answers. It adds {@code Content-Length} unless there is one, or {@code
 * Transfer-Encoding: chunked}. An empty {@code Content-Length} means that the connection's end is
 * the body's.
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record FaultyReply(int status, Map<String, String> headers, byte[] body) {

  public static FaultyReply of(int status) {
    return new FaultyReply(status, Map.of(), new byte[0]);
  }

  public static FaultyReply of(String contentType, byte[] body) {
    return new FaultyReply(200, Map.of("Content-Type", contentType), body);
  }

  public static FaultyReply json(String body) {
    return of("application/json", body.getBytes(UTF_8));
  }

  public static FaultyReply html(String body) {
    return of("text/html; charset=utf-8", body.getBytes(UTF_8));
  }

  public static FaultyReply redirect(int status, Object location) {
    return of(status).with("Location", location.toString());
  }

  public FaultyReply with(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new FaultyReply(status, more, body);
  }

  public FaultyReply withBody(byte[] other) {
    return new FaultyReply(status, headers, other);
  }
}
