package dev.llamastream.server;

import dev.llamastream.GenerationRequest;
import dev.llamastream.engine.Engine;
import dev.llamastream.engine.PollableStream;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/** The streams that are being served. Thread-safe. */
final class Streams {

  private final Engine engine;
  private final ServerMetrics metrics;
  private final int limit;
  private final Semaphore places;
  private final Set<ServedStream> open = ConcurrentHashMap.newKeySet();
  private volatile boolean evicting;

  Streams(Engine engine, ServerParams params) {
    this.engine = engine;
    metrics = params.metrics();
    limit = params.maxStreams();
    places = new Semaphore(limit);
  }

  /**
   * Starts one.
   *
   * @param arrived when its request came, in {@link System#nanoTime}
   * @throws ApiError if there are too many, or the engine is closed
   * @throws RuntimeException what the engine throws at a request that it cannot take
   */
  ServedStream open(GenerationRequest request, Outbox peer, long arrived) {
    // parked ones are not in the engine's queue, and cost memory all the same
    if (!places.tryAcquire()) {
      throw ApiError.overloaded(String.format(Locale.ROOT, "%d streams are open", limit));
    }
    ServedStream served = null;
    try {
      PollableStream stream = engine.streamWithStats(request);
      served = new ServedStream(stream, peer, this, arrived, request.echo());
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

  void closed(ServedStream stream) {
    if (open.remove(stream)) {
      places.release();
    }
  }

  ServerMetrics metrics() {
    return metrics;
  }

  /** Ends all, also those that come later. */
  void evict() {
    evicting = true;
    open.forEach(ServedStream::evict);
  }
}
