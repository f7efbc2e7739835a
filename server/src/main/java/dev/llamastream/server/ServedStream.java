package dev.llamastream.server;

import dev.llamastream.FinishReason;
import dev.llamastream.MeteredStream;
import dev.llamastream.StreamStats;
import dev.llamastream.Token;
import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;

/**
 * A stream with somebody at its other end: cancelled when the peer is gone. Pulling throws {@link
 * PeerGoneException} then, and {@link ApiError} 503 when the server ended it.
 */
public final class ServedStream implements MeteredStream {

  private final MeteredStream stream;
  private final Outbox peer;
  private final Streams streams;
  private final Runnable onGone = this::cancel;
  private final long arrived;
  private boolean begun;
  private volatile boolean evicted;
  private volatile Runnable onEvict = () -> {};

  ServedStream(MeteredStream stream, Outbox peer, Streams streams, long arrived) {
    this.stream = stream;
    this.peer = peer;
    this.streams = streams;
    this.arrived = arrived;
    peer.onGone(onGone);
  }

  @Override
  public boolean hasNext() {
    return checked(stream.hasNext());
  }

  @Override
  public String next() {
    return stream.next();
  }

  @Override
  public Iterator<Token> tokens() {
    Iterator<Token> tokens = stream.tokens();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return checked(tokens.hasNext());
      }

      @Override
      public Token next() {
        return tokens.next();
      }
    };
  }

  private boolean checked(boolean more) {
    if (more) {
      if (!begun) {
        begun = true;
        streams.metrics().firstToken(Duration.ofNanos(System.nanoTime() - arrived));
      }
      return true;
    }
    requireServed();
    return false;
  }

  /** Throws if it was not its client who ended it. */
  void requireServed() {
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
  void onEvict(Runnable listener) {
    onEvict = listener;
    if (evicted) {
      listener.run();
    }
  }

  @Override
  public void cancel() {
    stream.cancel();
  }

  @Override
  public Optional<FinishReason> finishReason() {
    return stream.finishReason();
  }

  @Override
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
