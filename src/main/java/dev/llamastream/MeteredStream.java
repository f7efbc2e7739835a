package dev.llamastream;

/**
 * A {@link TokenStream} that can tell how fast it is.
 *
 * @since 0.1.0
 */
public interface MeteredStream extends TokenStream {

  /** The figures so far, at any moment and from any thread. */
  StreamStats stats();
}
