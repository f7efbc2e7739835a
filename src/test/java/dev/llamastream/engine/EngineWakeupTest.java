package dev.llamastream.engine;

import static dev.llamastream.engine.Engines.cycle;
import static dev.llamastream.engine.Engines.cycleRequest;
import static dev.llamastream.engine.Engines.params;
import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.Model;
import dev.llamastream.StreamStats;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The engine's thread sleeps while there is nothing to do, and must not sleep longer. */
@Timeout(120)
class EngineWakeupTest {

  /** A lock that the thread waits for takes the permit that a new stream has given it. */
  @Test
  void aStreamThatComesWhileTheThreadWaitsForALock() throws InterruptedException {
    Semaphore lock = new Semaphore(1);
    EngineListener listener =
        new EngineListener() {
          @Override
          public void onEnd(StreamStats stats) {
            lock.acquireUninterruptibly();
            lock.release();
          }
        };
    try (Model model = Model.load(Engines.CYCLE.path());
        Engine engine = Engine.open(model, params().listener(listener).build())) {
      for (int i = 0; i < 20; i++) {
        EngineStream first = engine.stream(cycleRequest(0, 4, 4_000).build());
        assertThat(first.next()).isEqualTo(cycle(0, 1));
        lock.acquire();
        first.close(); // the next step has nothing to decode, and tells the listener
        while (!lock.hasQueuedThreads()) {
          Thread.sleep(1);
        }
        EngineStream second = engine.stream(cycleRequest(0, 4, 3).build());
        lock.release();
        assertThat(String.join("", second)).isEqualTo(cycle(0, 3));
      }
    }
  }
}
