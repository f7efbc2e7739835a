package dev.llamastream.store.internal.http;

import java.util.Locale;
import java.util.Map;

/**
 * A request that {@link FaultyServer} got.
 *
 * @param number counts the server's requests, from 0
 * @param target the path and the query as they were sent
 * @param headers names in lower case
 */
public record FaultyRequest(int number, String method, String target, Map<String, String> headers) {

  /** Empty if there is none. */
  public String header(String name) {
    return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
  }

  public String path() {
    return target.replaceFirst("\\?.*", "");
  }

  public String query() {
    return target.contains("?") ? target.substring(target.indexOf('?') + 1) : "";
  }
}
