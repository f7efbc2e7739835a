package dev.llamastream.cli;

import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.llamastream.cli.display.ModelTable;
import dev.llamastream.store.ModelAlias;
import dev.llamastream.store.ModelStore;
import dev.llamastream.store.StoredModel;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code llamastream list}: prints the models on this machine. */
@Command(
    name = "list",
    aliases = "ls",
    description =
        "Prints the models on this machine: those that llamastream, llama.cpp, huggingface_hub or"
            + " Ollama have downloaded.",
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    sortOptions = false,
    usageHelpAutoWidth = true)
final class ListCommand implements Callable<Integer> {

  private static final JsonMapper JSON =
      JsonMapper.builder().disable(StreamWriteFeature.AUTO_CLOSE_TARGET).build();

  @Option(names = "--json", description = "Print JSON")
  private boolean json;

  @SuppressWarnings("NullAway.Init") // set by picocli
  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    ModelStore store = new StoreOptions().store();
    List<StoredModel> models = store.list();
    ModelTable table = new ModelTable(models, aliases(store));
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      JSON.writeValue(out, table.tree());
      out.println();
    } else if (models.isEmpty()) {
      spec.commandLine()
          .getErr()
          .println("No models are here: 'llamastream pull smollm2:135m' gets a small one");
    } else {
      table.printTo(out, Instant.now());
    }
    out.flush();
    return ExitCode.OK;
  }

  /** Those with a tag before those that stand for the usual one. */
  private static List<ModelAlias> mostExactFirst(List<ModelAlias> aliases) {
    return aliases.stream()
        .sorted(Comparator.comparing(alias -> alias.name().indexOf(':') < 0))
        .toList();
  }

  private static Map<Path, List<String>> aliases(ModelStore store) {
    Map<Path, List<String>> aliases = new HashMap<>();
    for (ModelAlias alias : mostExactFirst(store.aliases())) {
      store
          .find(alias.target().toString())
          .ifPresent(
              model ->
                  aliases
                      .computeIfAbsent(model.path(), path -> new ArrayList<>())
                      .add(alias.name()));
    }
    return aliases;
  }
}
