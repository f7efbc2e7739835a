package dev.llamastream.server.internal.http;

import java.util.UUID;

/** Names requests. */
final class RequestIds {

  private RequestIds() {}

  /** A new name, such as {@code req_0f8fad5bd9cb469fa16570867728950e}. */
  static String next() {
    return "req_" + UUID.randomUUID().toString().replace("-", "");
  }
}
