package dev.llamastream;

/** A {@link TokenStream} that can tell how fast it is. */
public interface MeteredStream extends TokenStream {

  /** The figures so far, at any moment and from any thread. */
  StreamStats stats();
}
