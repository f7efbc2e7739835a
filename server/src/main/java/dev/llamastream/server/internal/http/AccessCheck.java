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

/** Decides from a request's headers whether the client may use the server. Thread-safe. */
public final class AccessCheck {

  /** The subprotocol of the server's WebSocket. */
  public static final String SUBPROTOCOL = "llamastream";

  /** A target in absolute form (RFC 9112, 3.2.2). */
  private static final Pattern URL = Pattern.compile("(?i)https?://([^/?#]+).*");

  private static final String BEARER_PROTOCOL = "bearer.";
  private static final String BEARER = "bearer ";

  private final Set<String> hosts = new HashSet<>(Set.of("localhost"));

  /** Whether the server is reachable from other machines. */
  private final boolean open;

  private final Origins origins;
  private final List<byte[]> tokens;

  AccessCheck(AccessRules rules) {
    open = !isLoopback(rules.host());
    hosts.add(rules.host().toLowerCase(Locale.ROOT));
    if (open) {
      addNamesOfThisMachine();
    }
    rules.allowedHosts().forEach(host -> hosts.add(host.toLowerCase(Locale.ROOT)));
    origins = new Origins(rules.origins());
    tokens = rules.tokens().stream().map(token -> token.getBytes(UTF_8)).toList();
  }

  private static boolean isLoopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false; // the server cannot listen on such an address
    }
  }

  private void addNamesOfThisMachine() {
    try {
      String name = InetAddress.getLocalHost().getHostName().toLowerCase(Locale.ROOT);
      hosts.add(name);
      hosts.add(name + ".local");
    } catch (UnknownHostException e) {
      // without a name, no other machine can address this one by name
    }
  }

  /**
   * The host that the request is for. It comes from the target if that is an absolute URL,
   * otherwise from the Host header. Null where HTTP/1.0 may omit it.
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
   * Refuses a host name that does not belong to this server. Otherwise a page could point its own
   * host name at this server and read its responses (DNS rebinding). IP addresses are safe, and
   * browsers always send the header.
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

  /**
   * Accepts any IP address when the server is reachable from other machines. Routers and containers
   * can forward addresses that the server does not know.
   */
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
   * Refuses requests from pages of other origins. Such a page could start work even though the
   * browser hides the response from it.
   *
   * @param harmless whether a link on another site may lead to this path
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

  /**
   * Whether the page is on another site, or on another port of this machine. Only browsers send
   * this.
   */
  private static boolean isElsewhere(@Nullable String site) {
    return "cross-site".equals(site) || "same-site".equals(site);
  }

  /** Whether the user followed a link from another site. */
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

  /** Whether this origin was configured at startup. */
  boolean listed(@Nullable String origin) {
    return origin != null && origins.has(origin);
  }

  /**
   * Checks the token, if any are configured.
   *
   * @throws ApiError 401
   */
  void checkToken(MultiMap headers) {
    if (!tokens.isEmpty() && indexOf(offered(headers)) < 0) {
      throw ApiError.refused(401, "invalid_api_key", "a valid bearer token is needed")
          .header("WWW-Authenticate", "Bearer");
    }
  }

  /** Names the client: by its token if it has a valid one, otherwise by its address. */
  String client(MultiMap headers, String address) {
    int index = tokens.isEmpty() ? -1 : indexOf(offered(headers));
    return index < 0 ? address : "token " + index;
  }

  /** Compares with all, so that the time tells nothing. */
  private int indexOf(byte[] offered) {
    int found = -1;
    for (int i = 0; i < tokens.size(); i++) {
      if (MessageDigest.isEqual(tokens.get(i), offered)) {
        found = i;
      }
    }
    return found;
  }

  private static byte[] offered(MultiMap headers) {
    String key = headers.get("X-Api-Key"); // as Anthropic's clients send it
    if (key != null) {
      return key.strip().getBytes(UTF_8);
    }
    String given = headers.get("Authorization");
    return given != null && given.regionMatches(true, 0, BEARER, 0, BEARER.length())
        ? given.substring(BEARER.length()).strip().getBytes(UTF_8)
        : fromProtocols(headers.getAll(WebSocketHandshake.PROTOCOL));
  }

  /** Browsers cannot set any other header on a WebSocket. */
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
