package dev.llamastream.store.internal.download;

import dev.llamastream.store.internal.http.WebStream;

/** What tells two versions of a file apart, as If-Range takes it. */
final class Validators {

  private Validators() {}

  /** A strong ETag, otherwise the date; empty if there is neither. */
  static String of(WebStream answer) {
    String etag = answer.header("ETag").strip();
    // A weak one is the same for files that are only similar.
    return etag.startsWith("\"") ? etag : answer.header("Last-Modified").strip();
  }
}
