package dev.llamastream.store.internal.http;

/**
 * What goes wrong with one answer.
 *
 * @param at the byte of the body at which it happens, or the number of seconds of a pause
 */
public record Fault(Kind kind, int at) {
  public static final Fault NONE = new Fault(Kind.NONE, 0);

  public enum Kind {
    NONE,
    /** The connection ends before an answer. */
    NO_ANSWER,
    /** Bytes that are no HTTP. */
    GARBAGE,
    /** The connection ends in the body. */
    CUT,
    /** The connection is reset in the body. */
    RESET,
    /** Nothing more comes, and the connection stays. */
    STALL,
    /** The body comes in pieces of some bytes. */
    SLOW,
    /** One byte is another. */
    WRONG_BYTE,
    /** Content-Length is {@code at} less than the body. */
    SHORT_LENGTH,
    /** Content-Length is {@code at} more than the body, and then the connection ends. */
    LONG_LENGTH,
    /** The request's Range is not seen. */
    RANGE_IGNORED,
    /** Other bytes than those of the request's Range, and Content-Range says which. */
    WRONG_RANGE,
    /** 503. */
    UNAVAILABLE,
    /** 429 with a Retry-After in seconds. */
    TOO_MANY_SECONDS,
    /** 429 with a Retry-After as a date. */
    TOO_MANY_DATE,
    /** 200 with a web page. */
    HTML,
    /** A redirect to itself. */
    LOOP
  }

  public static Fault of(Kind kind, int at) {
    return new Fault(kind, at);
  }
}
