package dev.llamastream.server.internal.http;

import io.vertx.core.http.HttpServerRequest;

/** The paths of requests. */
final class Paths {

  private Paths() {}

  /** The path without duplicate slashes and without a trailing slash. */
  static String of(HttpServerRequest http) {
    String path = http.path() == null ? "" : http.path().replaceAll("/{2,}", "/");
    return path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
  }
}
