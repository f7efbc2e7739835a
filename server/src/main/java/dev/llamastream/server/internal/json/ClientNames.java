package dev.llamastream.server.internal.json;

import java.util.HashMap;
import java.util.Map;

/**
 * Under which names a client wrote what it asked the library for, so that the library's errors can
 * be told in the client's words. Not thread-safe.
 */
public final class ClientNames {

  private final Map<String, String> names = new HashMap<>();

  void put(String field, String name) {
    names.put(field, name);
  }

  /** The client's name of the library's field; the library's own if the client has none. */
  String of(String field) {
    return names.getOrDefault(field, field);
  }
}
