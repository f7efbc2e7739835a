package dev.llamastream.cli;

import dev.llamastream.cli.display.Columns;
import dev.llamastream.store.ModelAlias;
import dev.llamastream.store.ModelStore;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code llamastream aliases}: prints the alias table. */
@Command(
    name = "aliases",
    description = "Prints the short names of models, and what they stand for.",
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    sortOptions = false,
    usageHelpAutoWidth = true,
    footer = {"", "Your own are in ~/.config/llamastream/aliases.toml: see docs/models.md."})
final class AliasesCommand implements Callable<Integer> {

  @Parameters(
      arity = "0..1",
      paramLabel = "<text>",
      description = "Only names that contain this text")
  private String text = "";

  @SuppressWarnings("NullAway.Init") // set by picocli
  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    ModelStore store = new StoreOptions().store();
    List<List<String>> rows = new ArrayList<>();
    for (ModelAlias alias : store.aliases()) {
      if (alias.name().contains(text)) {
        rows.add(List.of(alias.name(), alias.target().toString(), alias.about()));
      }
    }
    new Columns(rows).printTo(out);
    out.flush();
    return ExitCode.OK;
  }
}
