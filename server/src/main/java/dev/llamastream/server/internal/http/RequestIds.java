package dev.llamastream.server.internal.http;

import dev.llamastream.server.internal.json.Ids;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Names requests. */
final class RequestIds {

  private static final Pattern GIVEN = Pattern.compile("[!-~]{1,128}");

  private RequestIds() {}

  /** The name that the client gave, if it can stand in a header and a log; otherwise a new one. */
  static String of(@Nullable String given) {
    return given != null && GIVEN.matcher(given).matches() ? given : next();
  }

  /** A new name, such as {@code req_0f8fad5bd9cb469fa16570867728950e}. */
  static String next() {
    return Ids.next("req_");
  }
}
