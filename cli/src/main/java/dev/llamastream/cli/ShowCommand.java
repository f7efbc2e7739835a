package dev.llamastream.cli;

import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.llamastream.ContextParams;
import dev.llamastream.cli.display.ModelSheet;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code llamastream show}: prints all about a model. */
@Command(
    name = "show",
    description =
        "Prints all about a model on this machine: its kind, the memory that it needs, its"
            + " template and license.",
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    sortOptions = false,
    usageHelpAutoWidth = true,
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:It is there.",
      "1:It is not on this machine, or it is damaged.",
      "2:The arguments make no sense."
    })
final class ShowCommand implements Callable<Integer> {

  private static final JsonMapper JSON =
      JsonMapper.builder().disable(StreamWriteFeature.AUTO_CLOSE_TARGET).build();

  @SuppressWarnings("NullAway.Init") // set by picocli
  @Parameters(paramLabel = "<name>", description = "A model's name")
  private String name;

  @Option(
      names = {"-c", "--context-size"},
      paramLabel = "<n>",
      description = "The context that the memory is for, in tokens. Default: ${DEFAULT-VALUE}")
  private int contextSize = ContextParams.defaults().contextSize();

  @Option(names = "--json", description = "Print JSON")
  private boolean json;

  @SuppressWarnings("NullAway.Init") // set by picocli
  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    if (contextSize < 1) {
      throw new ParameterException(
          spec.commandLine(), "--context-size: " + contextSize + ", must be at least 1");
    }
    ModelSheet sheet = new ModelSheet(PathCommand.here(name), contextSize);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      JSON.writeValue(out, sheet.tree());
      out.println();
    } else {
      sheet.printTo(out);
    }
    out.flush();
    return ExitCode.OK;
  }
}
