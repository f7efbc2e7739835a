package dev.llamastream.server.internal.http;

import org.jspecify.annotations.Nullable;

/** What is known of a request before its body is read. */
public interface RequestHead {

  /** Names this request in its response and in the log. */
  String id();

  /** The path without the query, duplicate slashes or a trailing slash. */
  String path();

  /** A header's value; null if absent. */
  @Nullable String header(String name);
}
