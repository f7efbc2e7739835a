package dev.llamastream.springboot;

import dev.llamastream.engine.Engine;
import dev.llamastream.engine.EngineSnapshot;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/** Up as long as the engine takes requests. */
final class EngineHealth extends AbstractHealthIndicator {

  private final Engine engine;

  EngineHealth(Engine engine) {
    this.engine = engine;
  }

  @Override
  protected void doHealthCheck(Health.Builder health) {
    EngineSnapshot now = engine.snapshot();
    (engine.isClosed() ? health.down() : health.up())
        .withDetail("running", now.running())
        .withDetail("waiting", now.waiting())
        .withDetail("parked", now.parked())
        .withDetail("kvCellsUsed", now.kvCellsUsed())
        .withDetail("kvCells", now.kvCells())
        .withDetail("tokensPerSecond", now.tokensPerSecond());
  }
}
