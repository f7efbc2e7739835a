package dev.llamastream.server.internal.streams;

import dev.llamastream.FinishReason;
import dev.llamastream.StreamStats;
import dev.llamastream.Token;
import dev.llamastream.engine.PollableStream;
import dev.llamastream.server.internal.json.ApiError;
import dev.llamastream.server.internal.net.Outbox;
import dev.llamastream.server.internal.net.PeerGoneException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A stream with a client. It is cancelled when the client disconnects. Reading then throws {@link
 * PeerGoneException}, or {@link ApiError} 503 if the server ended the stream.
 */
public final class ServedStream implements AutoCloseable {

  private final PollableStream stream;
  private final Outbox peer;
  private final Streams streams;
  private final Runnable onGone = this::cancel;
  private final long arrived;
  private final boolean echoes;
  private boolean begun;
  private volatile boolean cut; // the client stopped early, before the stream's end
  private volatile boolean evicted;
  private volatile Runnable onEvict = () -> {};

  ServedStream(PollableStream stream, Outbox peer, Streams streams, long arrived, boolean echoes) {
    this.stream = stream;
    this.peer = peer;
    this.streams = streams;
    this.arrived = arrived;
    this.echoes = echoes;
    peer.onGone(onGone);
  }

  /**
   * Waits for the end and passes each piece of text to the receiver. The calls come one after the
   * other, from different threads, including the event loop.
   *
   * @param receiver sends at most one frame to the client; must not block
   */
  public void forEachPiece(Consumer<String> receiver) {
    forEachPiece(new Credits(), receiver);
  }

  /** Ends early when no more credits will come. */
  public void forEachPiece(Credits credits, Consumer<String> receiver) {
    Consumer<String> counted =
        text -> {
          if (credits.take()) {
            begin();
            receiver.accept(text);
          } else {
            cut = true;
          }
        };
    if (echoes && stream.hasNext()) {
      counted.accept(stream.next()); // an echoed prompt is not a token
    }
    pump(
        credits,
        token -> {
          if (!token.text().isEmpty()) {
            counted.accept(token.text());
          }
        });
    requireServed();
  }

  /** Passes on every token, including those without text, but not an echoed prompt. */
  public void forEachToken(Consumer<Token> receiver) {
    pump(
        new Credits(),
        token -> {
          begin();
          receiver.accept(token);
        });
    requireServed();
  }

  private void pump(Credits credits, Consumer<Token> receiver) {
    cut |= !new Pump(stream, peer, credits, receiver).run();
  }

  private void begin() {
    if (!begun) {
      begun = true;
      streams.firstToken(Duration.ofNanos(System.nanoTime() - arrived));
    }
  }

  /** Throws if the stream was cancelled by anything other than its client. */
  private void requireServed() {
    if (finishReason().orElse(FinishReason.CANCELLED) != FinishReason.CANCELLED) {
      return;
    }
    if (peer.isGone()) {
      throw new PeerGoneException();
    }
    if (evicted) {
      throw ApiError.stopping();
    }
  }

  /** Ends the stream because the server is shutting down. */
  void evict() {
    evicted = true;
    stream.cancel();
    onEvict.run();
  }

  /** Sets an action for {@link #evict}; runs it at once if that has been called. */
  public void onEvict(Runnable listener) {
    onEvict = listener;
    if (evicted) {
      listener.run();
    }
  }

  /** Cancels the stream. Any thread may call this. */
  public void cancel() {
    stream.cancel();
  }

  /** The finish reason; empty while the stream is running. */
  public Optional<FinishReason> finishReason() {
    return cut ? Optional.of(FinishReason.CANCELLED) : stream.finishReason();
  }

  /** The current figures. */
  public StreamStats stats() {
    return stream.stats();
  }

  @Override
  public void close() {
    stream.close();
    peer.forget(onGone);
    streams.closed(this);
  }
}
