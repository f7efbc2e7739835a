package dev.llamastream.cli;

import dev.llamastream.store.ByteSize;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code llamastream prune}: removes what no model needs. */
@Command(
    name = "prune",
    description =
        "Removes the parts of downloads that were stopped, and files that no name leads to.",
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    sortOptions = false,
    usageHelpAutoWidth = true)
final class PruneCommand implements Callable<Integer> {

  @SuppressWarnings("NullAway.Init") // set by picocli
  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    out.println("Freed " + ByteSize.text(new StoreOptions().store().prune()));
    out.flush();
    return ExitCode.OK;
  }
}
