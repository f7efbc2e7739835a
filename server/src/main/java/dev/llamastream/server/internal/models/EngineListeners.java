package dev.llamastream.server.internal.models;

import dev.llamastream.StreamStats;
import dev.llamastream.engine.EngineListener;
import java.time.Duration;
import java.util.List;

/** Several listeners of one engine. */
record EngineListeners(List<EngineListener> listeners) implements EngineListener {

  @Override
  public void onRejected() {
    listeners.forEach(EngineListener::onRejected);
  }

  @Override
  public void onBegin(Duration waited) {
    listeners.forEach(listener -> listener.onBegin(waited));
  }

  @Override
  public void onStep(int promptTokens, int streams, Duration elapsed) {
    listeners.forEach(listener -> listener.onStep(promptTokens, streams, elapsed));
  }

  @Override
  public void onEnd(StreamStats stats) {
    listeners.forEach(listener -> listener.onEnd(stats));
  }
}
