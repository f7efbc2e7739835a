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
 * A stream with somebody at its other end: cancelled when the peer is gone. Reading throws {@link
 * PeerGoneException} then, and {@link ApiError} 503 when the server ended it.
 */
public final class ServedStream implements AutoCloseable {

  private final PollableStream stream;
  private final Outbox peer;
  private final Streams streams;
  private final Runnable onGone = this::cancel;
  private final long arrived;
  private final boolean echoes;
  private boolean begun;
  private volatile boolean cut; // its client wanted no more, though there was
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
   * Waits for the end, while each piece of text goes to the receiver, by and by on different
   * threads: the event loop is one of them.
   *
   * @param receiver sends at most one frame to the peer; must not wait
   */
  public void forEachPiece(Consumer<String> receiver) {
    forEachPiece(new Credits(), receiver);
  }

  /** Ends early when there will be no more credits. */
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
      counted.accept(stream.next()); // a prompt is no token
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

  /** The same with every token, also those that bring no text, but without an echoed prompt. */
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

  /** Throws if it was not its client who ended it. */
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

  /** Ends it because the server ends. */
  void evict() {
    evicted = true;
    stream.cancel();
    onEvict.run();
  }

  /** Called when the server ends it, at once if it has. */
  public void onEvict(Runnable listener) {
    onEvict = listener;
    if (evicted) {
      listener.run();
    }
  }

  /** Ends it. Any thread. */
  public void cancel() {
    stream.cancel();
  }

  /** Why it ended; empty while it runs. */
  public Optional<FinishReason> finishReason() {
    return cut ? Optional.of(FinishReason.CANCELLED) : stream.finishReason();
  }

  /** The figures so far. */
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
