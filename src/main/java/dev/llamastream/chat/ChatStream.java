package dev.llamastream.chat;

import dev.llamastream.FinishReason;
import dev.llamastream.StreamStats;
import dev.llamastream.Token;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * An answer, as it is generated. It is as lazy as its {@link dev.llamastream.Generator}'s streams.
 *
 * <p>One thread at a time may pull. Any thread may call {@link #cancel()}, {@link #finishReason()},
 * {@link #stats()} and {@link #close()}.
 *
 * @since 0.1.0
 */
@SuppressWarnings("IterableAndIterator") // usable in for loops and by hand; iterated once
public interface ChatStream extends Iterator<ChatDelta>, Iterable<ChatDelta>, AutoCloseable {

  /** Whether there is more. Decodes until there is, or until the answer ends. */
  @Override
  boolean hasNext();

  /**
   * What comes next.
   *
   * @throws java.util.NoSuchElementException if the answer has ended
   * @throws dev.llamastream.GenerationException if the generation failed
   */
  @Override
  ChatDelta next();

  /** Returns this stream itself: it can be iterated only once. */
  @Override
  default Iterator<ChatDelta> iterator() {
    return this;
  }

  /** The texts of the answer alone. Skips everything else. Pulls from the same stream. */
  Iterator<String> texts();

  /**
   * Pulls all that is left, and returns the whole answer. If it is cut short by a timeout, an
   * interrupt, or a close from another thread, returns what there is.
   *
   * @throws dev.llamastream.GenerationException if the generation failed
   */
  ChatAnswer answer();

  /**
   * The tokens that were generated since the last call of this method. Empty unless {@link
   * ChatRequest#collectTokens()} asked for them. For the thread that pulls.
   */
  List<Token> takeTokens();

  /**
   * Ends the answer with {@link FinishReason#CANCELLED}: {@link
   * dev.llamastream.TokenStream#cancel}.
   */
  void cancel();

  /** Why the answer ended; empty while it runs. */
  Optional<FinishReason> finishReason();

  /** The statistics so far. */
  StreamStats stats();

  /** The same as {@link #cancel()}. */
  @Override
  void close();
}
