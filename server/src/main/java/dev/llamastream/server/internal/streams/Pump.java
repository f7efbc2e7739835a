package dev.llamastream.server.internal.streams;

import dev.llamastream.Token;
import dev.llamastream.engine.PollableStream;
import dev.llamastream.server.internal.net.Outbox;
import dev.llamastream.server.internal.net.PeerGoneException;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * Brings a stream's tokens to a receiver. The engine hands them to the event loop itself: the
 * thread that serves the stream sleeps until the end, or until there is something to wait for, room
 * for the peer or its credits. To wake it for each token takes longer than to write it.
 */
final class Pump {

  private final PollableStream stream;
  private final Outbox outbox;
  private final Credits credits;
  private final Consumer<Token> receiver;

  Pump(PollableStream stream, Outbox outbox, Credits credits, Consumer<Token> receiver) {
    this.stream = stream;
    this.outbox = outbox;
    this.credits = credits;
    this.receiver = receiver;
  }

  /**
   * Waits for the last token, or until there will be no more credits.
   *
   * @return whether all tokens have been received
   * @throws PeerGoneException if the peer is gone, or goes
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

  /** Waits until the event loop can do no more; false if that is because it is at the end. */
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
      outbox.eventLoop().runOnContext(_ -> forward(stopped));
    } catch (RejectedExecutionException e) {
      // the server is gone, and its connections with it
      stopped.completeExceptionally(new PeerGoneException());
    }
  }

  @SuppressWarnings("CatchThrowable") // whatever it is, the thread that waits must have it
  private void forward(CompletableFuture<Boolean> stopped) {
    try {
      while (outbox.hasRoom() && credits.available()) {
        Optional<Token> token = stream.poll(() -> resume(stopped));
        if (token.isEmpty()) {
          return;
        }
        receiver.accept(token.get());
        if (token.get().last()) {
          stopped.complete(false);
          return;
        }
      }
      stopped.complete(true);
    } catch (NoSuchElementException e) {
      stopped.complete(false); // the last token came before this began
    } catch (Throwable e) {
      stopped.completeExceptionally(e);
    }
  }
}
