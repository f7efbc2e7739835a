package dev.llamastream;

/**
 * A {@link TokenStream} with statistics.
 *
 * @since 0.1.0
 */
public interface MeteredStream extends TokenStream {

  /** The statistics so far. Any thread may call this at any time. */
  StreamStats stats();
}
