package dev.llamastream.engine;

import dev.llamastream.internal.events.DecodeEvent;
import dev.llamastream.internal.scheduling.Step;
import dev.llamastream.internal.scheduling.Step.Slice;
import java.lang.System.Logger.Level;
import java.time.Duration;

/** Passes an engine's events to its listener and to the flight recorder. */
final class Observers {

  private static final System.Logger LOGGER = System.getLogger("dev.llamastream.engine");

  private final EngineListener listener;
  private final int slots;

  Observers(EngineListener listener, int slots) {
    this.listener = listener;
    this.slots = slots;
  }

  void rejected() {
    tell(listener::onRejected);
  }

  void began(long waitedNanos) {
    tell(() -> listener.onBegin(Duration.ofNanos(waitedNanos)));
  }

  void decoded(Step<StreamJob> step, DecodeEvent event, long nanos, int threads) {
    int promptTokens = 0;
    int streams = 0;
    for (Slice<StreamJob> slice : step.slices()) {
      if (slice.generates()) {
        streams++;
      } else {
        promptTokens += slice.length();
      }
    }
    event.decoded(promptTokens, streams, slots, threads);
    int prompt = promptTokens;
    int running = streams;
    tell(() -> listener.onStep(prompt, running, Duration.ofNanos(nanos)));
  }

  void ended(StreamJob job) {
    tell(() -> listener.onEnd(job.generation().stats()));
  }

  @SuppressWarnings("CatchThrowable") // no exception may affect the streams
  private static void tell(Runnable call) {
    try {
      call.run();
    } catch (Throwable e) {
      LOGGER.log(Level.WARNING, "an engine listener failed", e);
    }
  }
}
