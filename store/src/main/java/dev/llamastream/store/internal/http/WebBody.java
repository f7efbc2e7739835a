package dev.llamastream.store.internal.http;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of an answer as they come. The JDK's own body as a stream would wait forever on a
 * connection that has died. One thread reads.
 */
final class WebBody implements BodySubscriber<WebBody> {

  /** So many buffers of some 16 KiB may wait here. */
  private static final int AHEAD = 16;

  private sealed interface Event {
    record Bytes(List<ByteBuffer> buffers) implements Event {}

    record Failed(Throwable cause) implements Event {}

    record End() implements Event {}
  }

  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final Duration stall;
  private List<ByteBuffer> buffers = List.of();
  private int position;
  private Flow.@Nullable Subscription subscription;
  private boolean closed;

  WebBody(Duration stall) {
    this.stall = stall;
  }

  /**
   * The next bytes, which are the caller's.
   *
   * @return null at the end
   * @throws IOException if the connection was cut, or no byte came in time
   */
  @Nullable ByteBuffer next() throws IOException, InterruptedException {
    while (position == buffers.size()) {
      switch (events.poll(stall.toNanos(), TimeUnit.NANOSECONDS)) {
        case Event.Bytes bytes -> {
          buffers = bytes.buffers();
          position = 0;
          request();
        }
        case Event.Failed failed -> {
          events.add(failed);
          throw new IOException(
              "the connection was cut: " + failed.cause().getMessage(), failed.cause());
        }
        case Event.End end -> {
          events.add(end);
          return null;
        }
        case null ->
            throw new SocketTimeoutException("no byte came in " + stall.toSeconds() + " s");
      }
    }
    return buffers.get(position++);
  }

  private synchronized void request() {
    if (subscription != null) {
      subscription.request(1);
    }
  }

  /** Reads a short rest, so that the connection can be used again. */
  void skip() throws InterruptedException {
    try {
      for (int i = 0; i < AHEAD; i++) {
        if (next() == null) {
          return;
        }
      }
    } catch (IOException e) {
      // It cannot be used again, then.
    }
    close();
  }

  /** Closes the connection unless all has been read. */
  synchronized void close() {
    closed = true;
    if (subscription != null) {
      subscription.cancel();
    }
  }

  @Override
  public CompletionStage<WebBody> getBody() {
    return CompletableFuture.completedFuture(this);
  }

  @Override
  public synchronized void onSubscribe(Flow.Subscription subscription) {
    this.subscription = subscription;
    if (closed) {
      subscription.cancel();
    } else {
      subscription.request(AHEAD);
    }
  }

  @Override
  public void onNext(List<ByteBuffer> item) {
    events.add(new Event.Bytes(item));
  }

  @Override
  public void onError(Throwable throwable) {
    events.add(new Event.Failed(throwable));
  }

  @Override
  public void onComplete() {
    events.add(new Event.End());
  }
}
