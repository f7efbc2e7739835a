package dev.llamastream.server.internal.json;

import java.util.UUID;

/** Random ids, as most APIs write them. */
public final class Ids {

  private Ids() {}

  /** An id such as {@code req_0f8fad5bd9cb469fa16570867728950e}. */
  public static String next(String prefix) {
    return prefix + UUID.randomUUID().toString().replace("-", "");
  }
}
