package dev.llamastream.server.internal.json;

import java.util.HashMap;
import java.util.Map;

/**
 * Maps the library's field names to the names the client used, so that error messages use the
 * client's names. Not thread-safe.
 */
public final class ClientNames {

  private final Map<String, String> names = new HashMap<>();

  void put(String field, String name) {
    names.put(field, name);
  }

  /** The client's name for the library's field; the library's own name if the client used none. */
  String of(String field) {
    return names.getOrDefault(field, field);
  }
}
