package dev.llamastream.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.MultiMap;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who may ask at all: decided from the headers. Thread-safe. */
final class Gate {

  /** The subprotocol of our WebSocket. */
  static final String SUBPROTOCOL = "llamastream";

  private static final String BEARER_PROTOCOL = "bearer.";
  private static final String BEARER = "bearer ";

  private final Set<String> hosts = new HashSet<>(List.of("localhost", "127.0.0.1", "[::1]"));
  private final Origins origins;
  private final byte[] token;

  Gate(ServerParams params) {
    String bound = params.host().toLowerCase(Locale.ROOT);
    hosts.add(bound.contains(":") && !bound.startsWith("[") ? "[" + bound + "]" : bound);
    params.allowedHosts().forEach(host -> hosts.add(host.toLowerCase(Locale.ROOT)));
    origins = new Origins(params.corsOrigins());
    token = params.apiToken().getBytes(UTF_8);
  }

  /**
   * Refuses a host that is not ours: a foreign name that was made to point here (DNS rebinding)
   * would let any page act as if it were ours. Refuses a page from elsewhere, too, which could
   * otherwise start work without ever seeing an answer.
   *
   * @param harmless whether it is something that a link on another site may lead to
   * @throws ApiError 400 or 403
   */
  void checkSource(MultiMap headers, boolean harmless) {
    List<String> named = headers.getAll("Host");
    if (named.size() != 1) {
      throw ApiError.badRequest("there must be one Host header");
    }
    String host = named.getFirst();
    if (!hosts.contains("*") && !hosts.contains(withoutPort(host).toLowerCase(Locale.ROOT))) {
      throw ApiError.refused(
          403, "host_not_allowed", "the Host header names a host that is not allowed");
    }
    String origin = headers.get("Origin");
    boolean foreign =
        origin == null
            ? isElsewhere(headers.get("Sec-Fetch-Site")) && !(harmless && navigates(headers))
            : !sameOrigin(origin, host) && !listed(origin);
    if (foreign) {
      throw ApiError.refused(403, "origin_not_allowed", "the Origin is not allowed");
    }
  }

  /** Of a page on another site, or on another port of this machine. Only browsers tell it. */
  private static boolean isElsewhere(@Nullable String site) {
    return "cross-site".equals(site) || "same-site".equals(site);
  }

  /** A link that somebody follows from another site. */
  private static boolean navigates(MultiMap headers) {
    return "navigate".equals(headers.get("Sec-Fetch-Mode"))
        && "document".equals(headers.get("Sec-Fetch-Dest"));
  }

  private static String withoutPort(String host) {
    int colon = host.lastIndexOf(':');
    return colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
  }

  private static boolean sameOrigin(String origin, String host) {
    int authority = origin.indexOf("://") + 3;
    return authority > 2 && origin.substring(authority).equalsIgnoreCase(host);
  }

  /** Whether this origin was named when the server was started. */
  boolean listed(@Nullable String origin) {
    return origin != null && origins.has(origin);
  }

  /**
   * Asks for the token, if there is one.
   *
   * @throws ApiError 401
   */
  void checkToken(MultiMap headers) {
    if (token.length == 0) {
      return;
    }
    String given = headers.get("Authorization");
    boolean bearer = given != null && given.regionMatches(true, 0, BEARER, 0, BEARER.length());
    byte[] offered =
        bearer && given != null
            ? given.substring(BEARER.length()).strip().getBytes(UTF_8)
            : fromProtocols(headers.get("Sec-WebSocket-Protocol"));
    if (!MessageDigest.isEqual(token, offered)) {
      throw ApiError.refused(401, "invalid_api_key", "a valid bearer token is needed")
          .header("WWW-Authenticate", "Bearer");
    }
  }

  /** A browser cannot give a WebSocket any header but this. */
  private static byte[] fromProtocols(@Nullable String protocols) {
    if (protocols != null) {
      for (String protocol : protocols.split(",")) {
        String name = protocol.strip();
        if (name.startsWith(BEARER_PROTOCOL)) {
          try {
            return Base64.getUrlDecoder().decode(name.substring(BEARER_PROTOCOL.length()));
          } catch (IllegalArgumentException e) {
            return new byte[0];
          }
        }
      }
    }
    return new byte[0];
  }
}
