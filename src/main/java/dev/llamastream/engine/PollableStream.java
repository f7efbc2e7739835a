package dev.llamastream.engine;

import dev.llamastream.MeteredStream;
import dev.llamastream.Token;
import java.util.Optional;

/**
 * A stream that can be read without waiting: for event loops, which must not wait.
 *
 * @since 0.1.0
 */
public interface PollableStream extends MeteredStream {

  /**
   * The next token, if there is one. Reads the same generation as the methods that wait, of which
   * none may wait meanwhile; an echoed prompt is not part of it, as with {@link #tokens()}.
   *
   * @param ready called once after an empty answer, as soon as the next call has a token or throws,
   *     perhaps before this call returns. It runs on the engine's thread or on that of whoever ends
   *     the stream, which it holds up: all it should do is hand over to the reader's own thread.
   *     What it throws is logged
   * @return empty if there is none yet
   * @throws dev.llamastream.GenerationException if the generation failed
   * @throws java.util.NoSuchElementException if the stream has ended
   * @throws IllegalStateException if another thread is reading
   */
  Optional<Token> poll(Runnable ready);
}
