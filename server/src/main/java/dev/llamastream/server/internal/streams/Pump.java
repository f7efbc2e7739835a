package dev.llamastream.server.internal.streams;

import dev.llamastream.server.internal.net.Outbox;
import dev.llamastream.server.internal.net.PeerGoneException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * Delivers a stream's items to a receiver. The engine hands them directly to the event loop,
 * because waking a thread per token takes longer than writing the token. The stream's own thread
 * sleeps until the end, or until it has to wait for room in the outbox or for credits.
 */
final class Pump<T> {

  private final Polled<T> stream;
  private final Outbox outbox;
  private final Credits credits;
  private final Consumer<T> receiver;

  Pump(Polled<T> stream, Outbox outbox, Credits credits, Consumer<T> receiver) {
    this.stream = stream;
    this.outbox = outbox;
    this.credits = credits;
    this.receiver = receiver;
  }

  /**
   * Waits until the last item has been received, or until no more credits will come.
   *
   * @return whether all items have been received
   * @throws PeerGoneException if the client has disconnected, or disconnects meanwhile
   */
  boolean run() {
    do {
      outbox.awaitRoom();
      if (!credits.await()) {
        return false;
      }
    } while (flow());
    return true;
  }

  /**
   * Waits until the event loop stops forwarding. Returns false if it stopped at the stream's end.
   */
  private boolean flow() {
    CompletableFuture<Boolean> stopped = new CompletableFuture<>();
    resume(stopped);
    try {
      return stopped.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  private void resume(CompletableFuture<Boolean> stopped) {
    try {
      outbox.eventLoop().execute(() -> forward(stopped));
    } catch (RejectedExecutionException e) {
      // the server has stopped and closed its connections
      stopped.completeExceptionally(new PeerGoneException());
    }
  }

  @SuppressWarnings("CatchThrowable") // the waiting thread must get the failure, whatever it is
  private void forward(CompletableFuture<Boolean> stopped) {
    try {
      while (outbox.hasRoom() && credits.available()) {
        Optional<T> item = stream.poll(() -> resume(stopped));
        item.ifPresent(receiver);
        if (stream.ended()) {
          stopped.complete(false);
          return;
        }
        if (item.isEmpty()) {
          return;
        }
      }
      stopped.complete(true);
    } catch (Throwable e) {
      stopped.completeExceptionally(e);
    }
  }
}
