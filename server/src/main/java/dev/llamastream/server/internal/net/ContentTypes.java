package dev.llamastream.server.internal.net;

/** Content types of responses. */
public final class ContentTypes {

  /** JSON. */
  public static final String JSON = "application/json";

  /** Server-Sent Events. */
  public static final String EVENTS = "text/event-stream; charset=utf-8";

  /** A line of JSON for each part of an answer. */
  public static final String LINES = "application/x-ndjson";

  private ContentTypes() {}
}
