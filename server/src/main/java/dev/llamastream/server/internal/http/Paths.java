package dev.llamastream.server.internal.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.http.HttpServerRequest;
import java.net.URLDecoder;

/** The paths of requests. */
final class Paths {

  private Paths() {}

  /** The path without duplicate slashes and without a trailing slash. */
  static String of(HttpServerRequest http) {
    String path = http.path() == null ? "" : http.path().replaceAll("/{2,}", "/");
    return path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
  }

  /** Decodes the percent-encoding of a part of a path. Returns an invalid encoding as it is. */
  static String decode(String part) {
    try {
      // URLDecoder would turn a plus into a space
      return URLDecoder.decode(part.replace("+", "%2B"), UTF_8);
    } catch (IllegalArgumentException e) {
      return part;
    }
  }
}
