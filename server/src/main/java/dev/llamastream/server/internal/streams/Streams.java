package dev.llamastream.server.internal.streams;

import dev.llamastream.GenerationRequest;
import dev.llamastream.Prompt;
import dev.llamastream.engine.Engine;
import dev.llamastream.engine.PollableStream;
import dev.llamastream.server.internal.json.ApiError;
import dev.llamastream.server.internal.net.Outbox;
import dev.llamastream.server.internal.net.PeerGoneException;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** The streams that are being served. Thread-safe. */
public final class Streams {

  /** In chars: more may take so long to tokenize that others notice. */
  private static final int LONG_PROMPT = 8 << 10;

  private final Engine engine;
  private final Consumer<Duration> onFirstToken;
  private final int limit;
  private final Semaphore places;
  private final FairTurns longPrompts =
      new FairTurns(Math.max(1, Runtime.getRuntime().availableProcessors() - 1));
  private final Set<ServedStream> open = ConcurrentHashMap.newKeySet();
  private volatile boolean evicting;

  /**
   * None so far.
   *
   * @param limit how many may be open
   * @param onFirstToken called with how long after its request each stream had its first text
   */
  public Streams(Engine engine, int limit, Consumer<Duration> onFirstToken) {
    this.engine = engine;
    this.limit = limit;
    this.onFirstToken = onFirstToken;
    places = new Semaphore(limit);
  }

  /**
   * Starts one.
   *
   * @param arrived when its request came, in {@link System#nanoTime}
   * @throws ApiError if there are too many, or the engine is closed
   * @throws RuntimeException what the engine throws at a request that it cannot take
   */
  public ServedStream open(GenerationRequest request, Outbox peer, long arrived) {
    // parked ones are not in the engine's queue, and cost memory all the same
    if (!places.tryAcquire()) {
      throw ApiError.overloaded(String.format(Locale.ROOT, "%d streams are open", limit));
    }
    ServedStream served = null;
    try {
      served = new ServedStream(begin(request, peer), peer, this, arrived, request.echo());
      open.add(served);
    } catch (IllegalStateException e) {
      throw ApiError.engineClosed();
    } finally {
      if (served == null) {
        places.release();
      }
    }
    if (evicting) {
      served.evict();
    }
    return served;
  }

  /** If the peer goes meanwhile, so does this. */
  private PollableStream begin(GenerationRequest request, Outbox peer) {
    Runnable interrupt = Thread.currentThread()::interrupt;
    peer.onGone(interrupt);
    try {
      if (!isLong(request)) {
        return engine.streamWithStats(request);
      }
      engine.requireRoom(); // not only when it has had its turn
      return longPrompts.run(
          peer.client(), request.timeout(), () -> engine.streamWithStats(request));
    } catch (CancellationException | InterruptedException | TimeoutException e) {
      if (peer.isGone()) {
        throw new PeerGoneException();
      }
      throw ApiError.tooSlow();
    } finally {
      peer.forget(interrupt);
      var _ = Thread.interrupted(); // it was meant for this
    }
  }

  private static boolean isLong(GenerationRequest request) {
    return request.prompt() instanceof Prompt.Text(String text) && text.length() > LONG_PROMPT;
  }

  void closed(ServedStream stream) {
    if (open.remove(stream)) {
      places.release();
    }
  }

  void firstToken(Duration waited) {
    onFirstToken.accept(waited);
  }

  /** Ends all, also those that come later. */
  public void evict() {
    evicting = true;
    open.forEach(ServedStream::evict);
  }
}
