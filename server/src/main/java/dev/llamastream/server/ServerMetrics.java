package dev.llamastream.server;

import dev.llamastream.StreamStats;
import dev.llamastream.engine.EngineListener;
import dev.llamastream.server.internal.http.Meters;
import java.time.Duration;

/**
 * The metrics shown at {@code /metrics}. Open the engine with this object as its listener:
 *
 * <pre>{@code
 * ServerMetrics metrics = new ServerMetrics();
 * Engine engine = Engine.open(model, EngineParams.builder().listener(metrics).build());
 * LlamaServer server = LlamaServer.start(engine, model, ServerParams.builder().metrics(metrics).build());
 * }</pre>
 *
 * <p>Thread-safe.
 *
 * @since 0.1.0
 */
public final class ServerMetrics implements EngineListener {

  private final Meters meters = new Meters();

  /** Creates metrics that start at zero. */
  public ServerMetrics() {}

  Meters meters() {
    return meters;
  }

  @Override
  public void onRejected() {
    meters.onRejected();
  }

  @Override
  public void onBegin(Duration waited) {
    meters.onBegin(waited);
  }

  @Override
  public void onStep(int prompt, int streams, Duration elapsed) {
    meters.onStep(prompt, streams, elapsed);
  }

  @Override
  public void onEnd(StreamStats stats) {
    meters.onEnd(stats);
  }
}
