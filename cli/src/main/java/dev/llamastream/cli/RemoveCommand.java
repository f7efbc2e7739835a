package dev.llamastream.cli;

import dev.llamastream.store.ByteSize;
import dev.llamastream.store.ModelStore;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code llamastream rm}: removes models. */
@Command(
    name = "rm",
    description = "Removes models from this machine, except Ollama's own.",
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    sortOptions = false,
    usageHelpAutoWidth = true,
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:They are removed.",
      "1:One is not here, or could not be removed.",
      "2:The arguments make no sense."
    })
final class RemoveCommand implements Callable<Integer> {

  @Parameters(arity = "1..*", paramLabel = "<name>", description = "A model's name, as in 'list'")
  private List<String> names = List.of();

  @SuppressWarnings("NullAway.Init") // set by picocli
  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    ModelStore store = new StoreOptions().store();
    for (String name : names) {
      long freed = store.remove(name);
      out.println("Removed " + name + ": " + ByteSize.text(freed));
      out.flush();
    }
    return ExitCode.OK;
  }
}
