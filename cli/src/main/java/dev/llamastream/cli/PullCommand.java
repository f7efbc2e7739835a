package dev.llamastream.cli;

import dev.llamastream.cli.display.PullDisplay;
import dev.llamastream.store.ByteSize;
import dev.llamastream.store.ModelStore;
import dev.llamastream.store.Preference;
import dev.llamastream.store.StoredModel;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code llamastream pull}: downloads models. */
@Command(
    name = "pull",
    description = "Downloads models. It continues a download that was stopped.",
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    sortOptions = false,
    usageHelpAutoWidth = true,
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:The models are there.",
      "1:One could not be downloaded.",
      "2:The arguments make no sense.",
      "130:Ctrl+C was pressed."
    },
    footer = {
      "",
      "A name is an alias such as llama3.2:1b, hf:owner/repository[:quantization or file][@revision],"
          + " ollama:name[:tag] or an https:// address. The environment variables HF_TOKEN,"
          + " HF_ENDPOINT, HF_HOME, OLLAMA_MODELS and HTTPS_PROXY count."
    })
final class PullCommand implements Callable<Integer> {

  @Parameters(arity = "1..*", paramLabel = "<name>", description = "A model's name")
  private List<String> names = List.of();

  @Option(
      names = "--for",
      paramLabel = "<purpose>",
      converter = PurposeOption.class,
      description =
          "Which file of a repository, if the name does not say: balanced, speed (the fastest on"
              + " this processor), quality or memory. Default: balanced")
  private Preference preference = Preference.BALANCED;

  @Option(
      names = "--any-size",
      description = "Pull a model even if it is larger than this machine's memory")
  private boolean anySize;

  @Mixin private StoreOptions options = new StoreOptions();

  @SuppressWarnings("NullAway.Init") // set by picocli
  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    ModelStore store =
        ModelStore.open(options.params().preference(preference).anySize(anySize).build());
    try (Interruption interruption = new Interruption().install();
        PullDisplay display =
            new PullDisplay(
                spec.commandLine().getErr(), StandardInput.isTerminal(), interruption::requested)) {
      for (String name : names) {
        StoredModel model = store.pull(name, display);
        display.clear();
        out.println(model.path() + "  " + ByteSize.text(model.sizeInBytes()));
        out.flush();
      }
    }
    return ExitCode.OK;
  }
}
