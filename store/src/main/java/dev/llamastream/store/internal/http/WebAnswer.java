package dev.llamastream.store.internal.http;

import java.net.URI;
import java.net.http.HttpHeaders;

/**
 * A small answer.
 *
 * @param uri where it came from, after redirects
 * @param body empty for HEAD
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record WebAnswer(int status, URI uri, HttpHeaders headers, byte[] body) {

  /** The first value of a header, in any case; empty if there is none. */
  public String header(String name) {
    return headers.firstValue(name).orElse("");
  }

  /** Whether the status is 2xx. */
  public boolean ok() {
    return status / 100 == 2;
  }
}
