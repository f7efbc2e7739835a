package dev.llamastream.server.internal.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.llamastream.server.internal.json.ApiError;
import io.vertx.core.MultiMap;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Who may ask at all: decided from the headers. Thread-safe. */
public final class AccessCheck {

  /** The subprotocol of our WebSocket. */
  public static final String SUBPROTOCOL = "llamastream";

  /** A target in absolute form (RFC 9112, 3.2.2). */
  private static final Pattern URL = Pattern.compile("(?i)https?://([^/?#]+).*");

  private static final String BEARER_PROTOCOL = "bearer.";
  private static final String BEARER = "bearer ";

  private final Set<String> hosts = new HashSet<>(Set.of("localhost"));

  /** Whether other machines reach the server. */
  private final boolean open;

  private final Origins origins;
  private final byte[] token;

  AccessCheck(AccessRules rules) {
    open = !isLoopback(rules.host());
    hosts.add(rules.host().toLowerCase(Locale.ROOT));
    if (open) {
      addNamesOfThisMachine();
    }
    rules.allowedHosts().forEach(host -> hosts.add(host.toLowerCase(Locale.ROOT)));
    origins = new Origins(rules.origins());
    token = rules.token().getBytes(UTF_8);
  }

  private static boolean isLoopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false; // nobody can listen there
    }
  }

  private void addNamesOfThisMachine() {
    try {
      String name = InetAddress.getLocalHost().getHostName().toLowerCase(Locale.ROOT);
      hosts.add(name);
      hosts.add(name + ".local");
    } catch (UnknownHostException e) {
      // then nobody else knows it by a name either
    }
  }

  /**
   * The host that is asked: the target's, if that is a whole URL, else the Host header's. Null
   * where HTTP/1.0 may lack it.
   *
   * @throws ApiError 400
   */
  static @Nullable String host(String target, MultiMap headers, boolean optional) {
    List<String> named = headers.getAll("Host");
    if (named.size() > 1 || (named.isEmpty() && !optional)) {
      throw ApiError.badRequest("there must be one Host header");
    }
    Matcher url = URL.matcher(target);
    if (url.matches()) {
      return url.group(1);
    }
    if (!target.startsWith("/") && !target.equals("*")) {
      throw ApiError.badRequest("the request target must be a path or an http URL");
    }
    return named.isEmpty() ? null : named.getFirst();
  }

  /**
   * Refuses a host that is not ours: a foreign name that was made to point here (DNS rebinding)
   * would let any page act as if it were ours. An address is no name, and no browser leaves the
   * header out.
   *
   * @throws ApiError 403
   */
  void checkHost(String host) {
    String name = withoutPort(host).toLowerCase(Locale.ROOT);
    if (!hosts.contains("*") && !hosts.contains(name) && !isOurAddress(name)) {
      throw ApiError.refused(
          403, "host_not_allowed", "the request names a host that is not allowed");
    }
  }

  /** Which addresses lead here from elsewhere, through a router or a container, nobody knows. */
  private boolean isOurAddress(String host) {
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    if (bracketed != host.contains(":")) {
      return false;
    }
    try {
      InetAddress address =
          InetAddress.ofLiteral(bracketed ? host.substring(1, host.length() - 1) : host);
      return open || address.isLoopbackAddress();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /**
   * Refuses a page from elsewhere, which could otherwise start work without ever seeing an answer.
   *
   * @param harmless whether it is something that a link on another site may lead to
   * @throws ApiError 403
   */
  void checkOrigin(MultiMap headers, @Nullable String host, boolean harmless) {
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

  private static boolean sameOrigin(String origin, @Nullable String host) {
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
            : fromProtocols(headers.getAll(WebSocketHandshake.PROTOCOL));
    if (!MessageDigest.isEqual(token, offered)) {
      throw ApiError.refused(401, "invalid_api_key", "a valid bearer token is needed")
          .header("WWW-Authenticate", "Bearer");
    }
  }

  /** A browser cannot give a WebSocket any header but this. */
  private static byte[] fromProtocols(List<String> protocols) {
    for (String protocol : String.join(",", protocols).split(",")) {
      String name = protocol.strip();
      if (name.startsWith(BEARER_PROTOCOL)) {
        try {
          return Base64.getUrlDecoder().decode(name.substring(BEARER_PROTOCOL.length()));
        } catch (IllegalArgumentException e) {
          return new byte[0];
        }
      }
    }
    return new byte[0];
  }
}
