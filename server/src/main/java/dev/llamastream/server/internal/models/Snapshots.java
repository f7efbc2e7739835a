package dev.llamastream.server.internal.models;

import dev.llamastream.engine.EngineSnapshot;

/** Several engines as one. */
final class Snapshots {

  private Snapshots() {}

  /** What both do together, and have counted. */
  static EngineSnapshot sum(EngineSnapshot a, EngineSnapshot b) {
    return counters(a, b)
        .running(a.running() + b.running())
        .waiting(a.waiting() + b.waiting())
        .parked(a.parked() + b.parked())
        .kvCellsUsed(a.kvCellsUsed() + b.kvCellsUsed())
        .kvCells(a.kvCells() + b.kvCells())
        .tokensPerSecond(a.tokensPerSecond() + b.tokensPerSecond())
        .prefixStoreBytes(a.prefixStoreBytes() + b.prefixStoreBytes())
        .build();
  }

  /** What both have counted, without what they do now. */
  static EngineSnapshot counted(EngineSnapshot a, EngineSnapshot b) {
    return counters(a, b).build();
  }

  private static EngineSnapshot.Builder counters(EngineSnapshot a, EngineSnapshot b) {
    return EngineSnapshot.builder()
        .preemptions(a.preemptions() + b.preemptions())
        .storedTokensLoaded(a.storedTokensLoaded() + b.storedTokensLoaded())
        .prefixesNotStored(a.prefixesNotStored() + b.prefixesNotStored());
  }
}
