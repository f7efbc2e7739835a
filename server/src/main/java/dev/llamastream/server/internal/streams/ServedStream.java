package dev.llamastream.server.internal.streams;

import dev.llamastream.FinishReason;
import dev.llamastream.StreamStats;
import dev.llamastream.Token;
import dev.llamastream.chat.ChatDelta;
import dev.llamastream.chat.ToolCall;
import dev.llamastream.server.internal.json.ApiError;
import dev.llamastream.server.internal.net.Outbox;
import dev.llamastream.server.internal.net.PeerGoneException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A stream with a client. It is cancelled when the client disconnects. Reading then throws {@link
 * PeerGoneException}, or {@link ApiError} 503 if the server ended the stream.
 */
public abstract class ServedStream implements AutoCloseable {

  /** The request that a stream belongs to. */
  record Origin(Outbox peer, Streams streams, long arrived, TokenShares.Share share) {}

  private final Polled<?> stream;
  private final Origin origin;
  private final Runnable onGone = this::cancel;
  private boolean begun;
  private volatile boolean cut; // the client stopped early, before the stream's end
  private volatile boolean evicted;
  private volatile Runnable onEvict = () -> {};

  ServedStream(Polled<?> stream, Origin origin) {
    this.stream = stream;
    this.origin = origin;
    origin.peer.onGone(onGone);
  }

  /**
   * Waits for the end and passes what is new to the receiver. Ends early when no more credits will
   * come. The calls come one after the other, from different threads, including the event loop.
   *
   * @param receiver sends at most one frame to the client; must not block
   */
  public abstract void forEachDelta(Credits credits, Consumer<ChatDelta> receiver);

  /** The tools to call, once the stream has ended. */
  public abstract List<ToolCall> toolCalls();

  /** How many tokens the model thought before it answered, once the stream has ended. */
  public abstract int thinkingTokens();

  /** Passes on all items of this stream's source, as far as the credits go. */
  final <T> void pump(Polled<T> source, Credits credits, Consumer<T> receiver) {
    cut |= !new Pump<>(source, origin.peer, credits, receiver).run();
    requireServed();
  }

  /** Passes on one item for one credit. */
  final <T> void spend(Credits credits, Consumer<T> receiver, T item) {
    if (credits.take()) {
      begin();
      receiver.accept(item);
    } else {
      cut = true;
    }
  }

  /** Called for each item that the client gets. */
  final void begin() {
    if (!begun) {
      begun = true;
      origin.streams.firstToken(origin.share, Duration.ofNanos(System.nanoTime() - origin.arrived));
    }
  }

  /** Throws if the stream was cancelled by anything other than its client. */
  private void requireServed() {
    if (finishReason().orElse(FinishReason.CANCELLED) != FinishReason.CANCELLED) {
      return;
    }
    if (origin.peer.isGone()) {
      throw new PeerGoneException();
    }
    if (evicted) {
      throw ApiError.stopping();
    }
  }

  /** Ends the stream because the server is shutting down. */
  final void evict() {
    evicted = true;
    stream.cancel();
    onEvict.run();
  }

  /** Sets an action for {@link #evict}; runs it at once if that has been called. */
  public final void onEvict(Runnable listener) {
    onEvict = listener;
    if (evicted) {
      listener.run();
    }
  }

  /** Cancels the stream. Any thread may call this. */
  public final void cancel() {
    stream.cancel();
  }

  /** The finish reason; empty while the stream is running. */
  public final Optional<FinishReason> finishReason() {
    return cut ? Optional.of(FinishReason.CANCELLED) : stream.finishReason();
  }

  /** Whether the token is part of the text. The token that ends a text is not. */
  public final boolean isText(Token token) {
    return token.id() != Token.NONE
        && !(token.last()
            && token.text().isEmpty()
            && finishReason().equals(Optional.of(FinishReason.END_OF_TEXT)));
  }

  /** The current figures. */
  public final StreamStats stats() {
    return stream.stats();
  }

  @Override
  public final void close() {
    stream.cancel();
    origin.peer.forget(onGone);
    origin.streams.closed(this, origin.share);
  }
}
