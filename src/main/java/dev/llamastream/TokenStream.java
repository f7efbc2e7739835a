package dev.llamastream;

import java.util.Iterator;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Generated text, piece by piece.
 *
 * <p>Lazy, if it is a context's: nothing is decoded before {@link #hasNext()} or {@link #next()},
 * and a consumer that stops pulling stops the model. An engine's is a bounded number of tokens
 * ahead. {@code hasNext()} is idempotent. Pieces are never empty, never split a character, and
 * never contain any part of a stop sequence. So text that may be the beginning of one is held back.
 * It is delivered as soon as it is none, and at an end after which the model could say no more:
 * {@link FinishReason#END_OF_TEXT}, {@link FinishReason#MAX_TOKENS} and {@link
 * FinishReason#CONTEXT_FULL}. It is not delivered where the stream is cut short from outside.
 *
 * <p>One thread at a time may pull; {@link #cancel()}, {@link #finishReason()} and {@link #close()}
 * may be called from any. A stream need not be closed: it ends by itself, with its context, or when
 * a newer stream begins there.
 *
 * <p>Pulling throws {@link GenerationException} when the generation fails, after which the stream
 * has ended.
 *
 * @since 0.1.0
 */
@SuppressWarnings("IterableAndIterator") // for loops as well as by hand; iterated once
public interface TokenStream extends Iterator<String>, Iterable<String>, AutoCloseable {

  /** Whether there is another piece. Decodes until there is one, or until the stream ends. */
  @Override
  boolean hasNext();

  /**
   * The next piece of text, at least one character.
   *
   * @throws java.util.NoSuchElementException if the stream has ended
   */
  @Override
  String next();

  /** This stream itself: it can be iterated only once. */
  @Override
  default Iterator<String> iterator() {
    return this;
  }

  /**
   * This stream as a sequential {@link Stream}, which pulls when a terminal operation does; closing
   * it closes this.
   */
  default Stream<String> stream() {
    Spliterator<String> pieces =
        Spliterators.spliteratorUnknownSize(this, Spliterator.ORDERED | Spliterator.NONNULL);
    return StreamSupport.stream(pieces, false).onClose(this::close);
  }

  /**
   * The same stream token by token, with every token, also those that deliver no text. Pulls from
   * the same generation: text taken here is not seen by {@link #next()}, and the reverse. An echoed
   * prompt is not part of it.
   */
  Iterator<Token> tokens();

  /**
   * Ends the stream with {@link FinishReason#CANCELLED}: at once if nothing runs, within one graph
   * node of a running prefill or decode otherwise; an engine's at once in any case. No effect on a
   * stream that has ended.
   */
  void cancel();

  /** Why the stream ended; empty while it runs. */
  Optional<FinishReason> finishReason();

  /** The same as {@link #cancel()}. */
  @Override
  void close();
}
