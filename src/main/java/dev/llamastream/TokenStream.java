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
 * <p>A context's stream is lazy: it decodes nothing before {@link #hasNext()} or {@link #next()},
 * and a consumer that stops pulling stops the model. An engine's stream runs ahead of its consumer
 * by a bounded number of tokens. {@code hasNext()} is idempotent.
 *
 * <p>Pieces are never empty, never split a character, and never contain any part of a stop
 * sequence. The stream therefore holds back text that may be the beginning of a stop sequence. It
 * delivers that text once it turns out not to be one, or when the generation ends by itself: {@link
 * FinishReason#END_OF_TEXT}, {@link FinishReason#MAX_TOKENS} or {@link FinishReason#CONTEXT_FULL}.
 * A stream that is cut short from outside does not deliver it.
 *
 * <p>One thread at a time may pull. Any thread may call {@link #cancel()}, {@link #finishReason()}
 * and {@link #close()}. Closing a stream is optional: it ends by itself, with its context, or when
 * a newer stream starts on the same context.
 *
 * <p>Pulling throws {@link GenerationException} when the generation fails. The stream has then
 * ended.
 *
 * @since 0.1.0
 */
@SuppressWarnings("IterableAndIterator") // usable in for loops and by hand; iterated once
public interface TokenStream extends Iterator<String>, Iterable<String>, AutoCloseable {

  /** Whether there is another piece. Decodes until a piece is available or the stream ends. */
  @Override
  boolean hasNext();

  /**
   * The next piece of text, at least one character.
   *
   * @throws java.util.NoSuchElementException if the stream has ended
   */
  @Override
  String next();

  /** Returns this stream itself: it can be iterated only once. */
  @Override
  default Iterator<String> iterator() {
    return this;
  }

  /**
   * This stream as a sequential {@link Stream}, which pulls when a terminal operation does. Closing
   * it closes this stream.
   */
  default Stream<String> stream() {
    Spliterator<String> pieces =
        Spliterators.spliteratorUnknownSize(this, Spliterator.ORDERED | Spliterator.NONNULL);
    return StreamSupport.stream(pieces, false).onClose(this::close);
  }

  /**
   * The same stream token by token, including tokens that deliver no text. Both views pull from the
   * same generation: {@link #next()} does not return text that was taken here, and vice versa. The
   * echoed prompt is not included.
   */
  Iterator<Token> tokens();

  /**
   * Ends the stream with {@link FinishReason#CANCELLED}. An idle stream ends at once. A running
   * prefill or decode stops within one graph node. An engine's stream always ends at once. No
   * effect on a stream that has ended.
   */
  void cancel();

  /** Why the stream ended; empty while it runs. */
  Optional<FinishReason> finishReason();

  /** The same as {@link #cancel()}. */
  @Override
  void close();
}
