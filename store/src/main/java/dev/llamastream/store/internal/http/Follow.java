package dev.llamastream.store.internal.http;

/** Which redirects are followed. */
public enum Follow {
  /** All that are safe. */
  ALL,
  /** Those that stay at the same scheme, host and port. */
  SAME_ORIGIN,
  /** None: the first answer is the answer. */
  NONE
}
