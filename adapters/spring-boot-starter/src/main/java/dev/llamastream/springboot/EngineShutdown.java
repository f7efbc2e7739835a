package dev.llamastream.springboot;

import dev.llamastream.engine.Engine;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.ContextClosedEvent;

/**
 * Ends an engine with its application. Web servers go first: they take no more requests, and wait
 * for those that run, whose answers may need the engine more than once. When the time is over, also
 * while a web server waits, the engine refuses new requests and ends its streams. So readers get
 * the end of their stream, before the web server cuts the connection.
 */
final class EngineShutdown implements SmartLifecycle, ApplicationListener<ContextClosedEvent> {

  /** After web servers wait for their requests (1024 below), before they stop (2048 below). */
  static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 1024 - 512;

  private final Engine engine;
  private final Duration timeout;
  private final ApplicationContext context;
  private volatile boolean running;
  private volatile @Nullable Thread timer;
  private volatile long closingSince;

  EngineShutdown(Engine engine, Duration timeout, ApplicationContext context) {
    this.engine = engine;
    this.timeout = timeout;
    this.context = context;
  }

  @Override
  public void onApplicationEvent(ContextClosedEvent event) {
    if (event.getApplicationContext().equals(context)) {
      closingSince = System.nanoTime();
      timer = Thread.ofVirtual().name("llamastream-shutdown").start(this::closeInTime);
    }
  }

  private void closeInTime() {
    try {
      Thread.sleep(timeout);
      engine.close();
    } catch (InterruptedException e) {
      // no web server waits any more
    }
  }

  @Override
  public void start() {
    running = true;
  }

  /** Does nothing if the context is only paused: an engine does not open again. */
  @Override
  public void stop() {
    running = false;
    Thread waiting = timer;
    if (waiting != null) {
      waiting.interrupt();
      Duration left = timeout.minusNanos(System.nanoTime() - closingSince);
      engine.close(left.isNegative() ? Duration.ZERO : left);
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public int getPhase() {
    return PHASE;
  }
}
