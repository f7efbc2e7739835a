package dev.llamastream.engine;

import dev.llamastream.MeteredStream;
import dev.llamastream.Token;
import java.util.Optional;

/**
 * A stream that can be read without blocking, for event loops.
 *
 * @since 0.1.0
 */
public interface PollableStream extends MeteredStream {

  /**
   * Returns the next token, if one is available. Reads the same generation as the blocking methods;
   * no thread may be blocked in one of them meanwhile. As with {@link #tokens()}, the echoed prompt
   * is not included.
   *
   * @param ready called once after an empty answer, as soon as the next call has a token or throws.
   *     This may happen before the current call returns. It runs on the engine's thread, or on the
   *     thread that ends the stream, and delays that thread: it should only hand over to the
   *     reader's own thread. An exception thrown by it is logged
   * @return empty if no token is available yet
   * @throws dev.llamastream.GenerationException if the generation failed
   * @throws java.util.NoSuchElementException if the stream has ended
   * @throws IllegalStateException if another thread is reading
   */
  Optional<Token> poll(Runnable ready);
}
