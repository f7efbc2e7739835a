package dev.llamastream.cli;

import dev.llamastream.store.ModelStoreException;
import dev.llamastream.store.ModelStoreException.Reason;
import dev.llamastream.store.StoredModel;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code llamastream path}: prints where a model's file is. */
@Command(
    name = "path",
    description = "Prints the path of a model's file; of one in several files, the first.",
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    sortOptions = false,
    usageHelpAutoWidth = true,
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:It is there.",
      "1:It is not on this machine.",
      "2:The arguments make no sense."
    })
final class PathCommand implements Callable<Integer> {

  @SuppressWarnings("NullAway.Init") // set by picocli
  @Parameters(paramLabel = "<name>", description = "A model's name")
  private String name;

  @SuppressWarnings("NullAway.Init") // set by picocli
  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    out.println(here(name).path());
    out.flush();
    return ExitCode.OK;
  }

  /** The model of this name on this machine. */
  static StoredModel here(String name) {
    return new StoreOptions()
        .store()
        .find(name)
        .orElseThrow(
            () ->
                new ModelStoreException(
                    Reason.NOT_FOUND,
                    name + " is not on this machine: 'llamastream pull " + name + "' gets it"));
  }
}
