package dev.llamastream.store.internal.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.llamastream.InvalidValueException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.net.URLDecoder;
import java.util.Base64;
import java.util.Locale;

/**
 * A proxy as a variable names it.
 *
 * @param authorization the value of its header; empty for none
 */
record ProxyAddress(String host, int port, String authorization) {

  /**
   * Reads {@code host:port} or {@code http://user:password@host:port}.
   *
   * @param variable for the message, which leaves the value out for its password
   */
  static ProxyAddress parse(String variable, String value) {
    URI uri;
    try {
      uri = URI.create(value.contains("://") ? value : "http://" + value);
    } catch (IllegalArgumentException e) {
      throw wrong(variable);
    }
    String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
    if (!scheme.equals("http")) {
      throw new InvalidValueException(
          variable,
          "names a proxy with " + scheme + "://; only http:// is supported, also for HTTPS_PROXY");
    }
    if (uri.getHost() == null || uri.getPort() > 65535) {
      throw wrong(variable);
    }
    return new ProxyAddress(
        uri.getHost().replaceAll("[\\[\\]]", ""),
        uri.getPort() < 0 ? 80 : uri.getPort(),
        authorization(uri.getRawUserInfo()));
  }

  private static InvalidValueException wrong(String variable) {
    return new InvalidValueException(
        variable, "is no proxy's address, such as http://proxy.example:3128");
  }

  private static String authorization(String userInfo) {
    if (userInfo == null || userInfo.isEmpty()) {
      return "";
    }
    // A plus sign is itself here, unlike in a form.
    String plain = URLDecoder.decode(userInfo.replace("+", "%2B"), UTF_8);
    String pair = plain.contains(":") ? plain : plain + ":";
    return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(UTF_8));
  }

  Proxy proxy() {
    return new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(host, port));
  }

  /** Leaves the password out. */
  @Override
  public String toString() {
    return host + ":" + port;
  }
}
