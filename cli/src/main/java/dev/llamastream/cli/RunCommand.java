package dev.llamastream.cli;

import dev.llamastream.ContextParams;
import dev.llamastream.GenerationRequest;
import dev.llamastream.ModelParams;
import dev.llamastream.SamplerParams;
import dev.llamastream.store.GenerationDefaults;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The options of {@code llamastream run}. */
@Command(
    name = "run",
    description = "Continues a prompt, piece by piece. Ctrl+C stops it.",
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    sortOptions = false,
    usageHelpAutoWidth = true,
    showEndOfOptionsDelimiterInUsageHelp = true,
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:The text is there.",
      "1:It could not be generated.",
      "2:The arguments make no sense.",
      "130:Ctrl+C was pressed.",
      "141:Nobody reads the output any more."
    })
final class RunCommand implements Callable<Integer> {

  @Parameters(
      arity = "0..1",
      paramLabel = "<prompt>",
      description =
          "The text to continue; '-' reads it from standard input, as does none at all. After '--'"
              + " it may begin with a '-'")
  private @Nullable String prompt;

  @Mixin private ModelOptions model = new ModelOptions();

  @Option(
      names = {"-n", "--max-tokens"},
      paramLabel = "<n>",
      description = "How many tokens to generate at most. Default: ${DEFAULT-VALUE}")
  private int maxTokens = GenerationRequest.DEFAULT_MAX_TOKENS;

  @Mixin private SamplerOptions sampler = new SamplerOptions();

  @Option(
      names = "--stop",
      paramLabel = "<text>",
      description = "End before this text; can be given several times")
  private List<String> stopSequences = List.of();

  @Option(
      names = "--timeout",
      paramLabel = "<seconds>",
      description = "End after this time. Default: never")
  private double timeoutSeconds;

  @Option(
      names = {"-c", "--context-size"},
      paramLabel = "<n>",
      description = "Room for prompt and text in tokens; 0: the model's. Default: ${DEFAULT-VALUE}")
  private int contextSize = ContextParams.defaults().contextSize();

  @Option(names = "--stats", description = "Print speed and other figures at the end")
  private boolean stats;

  @SuppressWarnings("NullAway.Init") // set by picocli
  @Spec
  private CommandSpec spec;

  private final InputStream in;

  RunCommand(InputStream in) {
    this.in = in;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    model.showLog(spec.commandLine().getErr());
    try {
      return consoleRun().printTo(spec.commandLine().getOut());
    } catch (IllegalArgumentException e) {
      // for instance a value out of range or a malformed grammar
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private ConsoleRun consoleRun() throws IOException, InterruptedException {
    Interruption interruption = new Interruption();
    ModelParams modelParams =
        model.params().progressListener(fraction -> !interruption.requested()).build();
    ContextParams contextParams =
        ContextParams.builder()
            .contextSize(contextSize)
            .threads(model.threads())
            .batchThreads(model.threads())
            .build();
    String text = promptText();
    // a bad value costs no download
    GenerationRequest _ = request(text, GenerationDefaults.NONE);
    ChosenModel chosen = model.choose(spec.commandLine().getErr());
    GenerationRequest request = request(text, chosen.defaults());
    return new ConsoleRun(chosen.file(), modelParams, contextParams, request, stats, interruption);
  }

  private GenerationRequest request(String text, GenerationDefaults ofModel) throws IOException {
    List<String> stops = stopSequences.isEmpty() ? ofModel.stopSequences() : stopSequences;
    boolean limited = spec.commandLine().getParseResult().hasMatchedOption("--max-tokens");
    return GenerationRequest.builder(text)
        .maxTokens(limited ? maxTokens : ofModel.maxTokens().orElse(maxTokens))
        .sampler(sampler.params(ofModel.sampler(SamplerParams.defaults())))
        .stopSequences(stops)
        .timeout(Duration.ofNanos((long) (timeoutSeconds * 1e9)))
        .build();
  }

  /**
   * Strips the final line break of standard input, which the model would otherwise continue from.
   */
  private String promptText() throws IOException {
    if (prompt != null && !prompt.equals("-")) {
      return prompt;
    }
    if (prompt == null && StandardInput.isTerminal()) {
      throw new ParameterException(
          spec.commandLine(), "no prompt: give one as an argument or on standard input");
    }
    return Utf8.decode("standard input", in.readAllBytes()).replaceFirst("\\R\\z", "");
  }
}
