package dev.llamastream.store.internal.download;

import dev.llamastream.store.internal.http.Credentials;
import java.net.URI;

/**
 * A file to download.
 *
 * @param name for messages
 * @param size in bytes; -1 if unknown
 * @param sha256 in lower-case hexadecimal digits; empty if unknown
 * @param magic what the file begins with, such as {@code GGUF}; empty for anything
 */
public record RemoteFile(
    URI uri, Credentials credentials, String name, long size, String sha256, String magic) {

  /** A file that may begin with anything. */
  public RemoteFile(URI uri, Credentials credentials, String name, long size, String sha256) {
    this(uri, credentials, name, size, sha256, "");
  }
}
