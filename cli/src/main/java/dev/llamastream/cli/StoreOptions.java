package dev.llamastream.cli;

import dev.llamastream.store.ModelStore;
import dev.llamastream.store.StoreParams;
import picocli.CommandLine.Option;

/** The options of every command that looks for models. */
final class StoreOptions {

  @Option(
      names = "--offline",
      description = "Download nothing; also if the environment variable HF_HUB_OFFLINE is 1")
  private boolean offline;

  StoreParams.Builder params() {
    StoreParams environment = StoreParams.fromEnvironment();
    return environment.toBuilder().offline(offline || environment.offline());
  }

  ModelStore store() {
    return ModelStore.open(params().build());
  }
}
