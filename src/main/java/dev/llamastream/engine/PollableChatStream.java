package dev.llamastream.engine;

import dev.llamastream.chat.ChatDelta;
import dev.llamastream.chat.ChatStream;
import java.util.Optional;

/**
 * An answer that can be read without blocking, for event loops.
 *
 * @since 0.1.0
 */
public interface PollableChatStream extends ChatStream {

  /**
   * Returns what is new, if something is. Otherwise {@code ready} is called later, if the answer
   * has not {@linkplain #ended() ended}.
   *
   * @param ready as in {@link PollableStream#poll}
   * @return empty if nothing is new yet, or the answer has ended
   * @throws dev.llamastream.GenerationException if the generation failed
   * @throws IllegalStateException if another thread is reading
   */
  Optional<ChatDelta> poll(Runnable ready);

  /** Whether the whole answer was taken. For the thread that reads. */
  boolean ended();
}
