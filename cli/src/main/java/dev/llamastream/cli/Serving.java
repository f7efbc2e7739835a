package dev.llamastream.cli;

import dev.llamastream.server.ServerParams;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The models that a server offers.
 *
 * @param memory the bytes that they may take together, if there is a limit
 * @param idleUnload after how much time without use to unload a model, if ever
 */
record Serving(List<ServedName> names, Optional<Long> memory, Optional<Duration> idleUnload) {

  /** Whether it is one model without settings: it is loaded at once and stays. */
  boolean isSingle() {
    ServedName first = names.getFirst();
    return names.size() == 1
        && first.settings().equals(PresetTable.EMPTY)
        && memory.isEmpty()
        && idleUnload.isEmpty();
  }

  /** Adds the limits to a server's parameters. */
  void addTo(ServerParams.Builder params) {
    memory.ifPresent(params::memoryBudget);
    idleUnload.ifPresent(params::idleUnload);
  }
}
