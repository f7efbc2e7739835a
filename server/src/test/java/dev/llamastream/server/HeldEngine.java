package dev.llamastream.server;

import dev.llamastream.StreamStats;
import dev.llamastream.engine.EngineListener;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/** Stops the engine's thread in the middle of its work, and counts what it does. */
final class HeldEngine implements EngineListener {

  private final Semaphore pass = new Semaphore(0);
  private volatile boolean holding;
  private volatile boolean held;
  final AtomicInteger decoded = new AtomicInteger();
  final AtomicInteger steps = new AtomicInteger();
  final AtomicInteger ended = new AtomicInteger();

  /** The next step is the last until {@link #release}. */
  void hold() {
    holding = true;
  }

  void awaitHeld() {
    TestServer.await(() -> held);
  }

  void release() {
    holding = false;
    pass.release();
  }

  @Override
  public void onStep(int promptTokens, int streams, Duration elapsed) {
    steps.incrementAndGet();
    decoded.addAndGet(streams);
    if (holding) {
      held = true;
      pass.acquireUninterruptibly();
      held = false;
    }
  }

  @Override
  public void onEnd(StreamStats stats) {
    ended.incrementAndGet();
  }
}
