package dev.llamastream.store.internal.http;

import java.net.URI;
import java.util.Locale;

/** A server as a browser tells them apart. */
record Origin(String scheme, String host, int port) {

  static Origin of(URI uri) {
    String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
    String host = String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT);
    int port = uri.getPort();
    return new Origin(scheme, host, port >= 0 ? port : scheme.equals("https") ? 443 : 80);
  }

  /** An address for messages. A query may hold a signature that lets everybody in, so it goes. */
  static String shown(URI uri) {
    int port = uri.getPort();
    return uri.getScheme()
        + "://"
        + uri.getHost()
        + (port >= 0 ? ":" + port : "")
        + (uri.getRawPath() == null ? "" : uri.getRawPath());
  }
}
