package dev.llamastream.store.internal.http;

import java.net.URI;

/**
 * What identifies the user to one server.
 *
 * @param origin the only server that gets it: scheme, host and port
 * @param authorization the value of the header {@code Authorization}; empty for none
 */
public record Credentials(URI origin, String authorization) {
  /** For servers that ask for nothing. */
  public static final Credentials NONE = new Credentials(URI.create(""), "");

  /** Sends a token. */
  public static Credentials bearer(URI origin, String token) {
    return token.isEmpty() ? NONE : new Credentials(origin, "Bearer " + token);
  }

  boolean isFor(URI uri) {
    return !authorization.isEmpty() && Origin.of(uri).equals(Origin.of(origin));
  }

  /** Leaves the value out. */
  @Override
  public String toString() {
    return authorization.isEmpty() ? "Credentials[]" : "Credentials[origin=" + origin + "]";
  }
}
