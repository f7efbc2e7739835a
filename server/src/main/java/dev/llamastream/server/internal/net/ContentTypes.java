package dev.llamastream.server.internal.net;

/** What answers are made of. */
public final class ContentTypes {

  /** JSON. */
  public static final String JSON = "application/json";

  /** Server-Sent Events. */
  public static final String EVENTS = "text/event-stream; charset=utf-8";

  private ContentTypes() {}
}
