package dev.llamastream.server.internal.http;

import dev.llamastream.server.internal.json.ApiError;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.List;
import java.util.Locale;

/** Checks how a request announces its body, which Netty and Vert.x do not validate. */
final class Framing {

  private static final String CHUNKED = "chunked";

  private Framing() {}

  /**
   * Refuses transfer codings other than chunked, and expectations other than 100-continue.
   *
   * @throws ApiError 400, 417 or 501
   */
  static void check(HttpServerRequest http) {
    String codings = String.join(",", http.headers().getAll("Transfer-Encoding"));
    if (!codings.isEmpty()) {
      List<String> names = List.of(codings.toLowerCase(Locale.ROOT).strip().split("\\s*,\\s*"));
      if (names.indexOf(CHUNKED) != names.size() - 1) {
        throw ApiError.badRequest("Transfer-Encoding: chunked must be the last coding, once");
      }
      if (names.size() > 1) {
        throw ApiError.refused(
            501, "not_implemented", "Transfer-Encoding: only chunked is implemented");
      }
    }
    String expected = http.getHeader("Expect");
    if (expected != null && !expected.equalsIgnoreCase("100-continue")) {
      throw ApiError.refused(417, "expectation_failed", "Expect: only 100-continue is known");
    }
  }

  /** Whether the client waits for status 100 before it sends the body. */
  static boolean expectsContinue(HttpServerRequest http) {
    return http.getHeader("Expect") != null && http.version() != HttpVersion.HTTP_1_0;
  }
}
