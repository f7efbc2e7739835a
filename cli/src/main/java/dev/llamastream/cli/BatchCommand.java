package dev.llamastream.cli;

import dev.llamastream.ContextParams;
import dev.llamastream.GenerationRequest;
import dev.llamastream.InvalidValueException;
import dev.llamastream.ModelParams;
import dev.llamastream.SamplerParams;
import dev.llamastream.cli.batch.BatchFiles;
import dev.llamastream.cli.batch.BatchParams;
import dev.llamastream.cli.batch.LineSeeds;
import dev.llamastream.engine.EngineParams;
import dev.llamastream.server.RequestDefaults;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The options of {@code llamastream batch}. */
@Command(
    name = "batch",
    description =
        "Answers every line of a JSONL file: OpenAI's batch format, prompts, or messages. The same"
            + " command continues a run that was stopped.",
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    sortOptions = false,
    usageHelpAutoWidth = true,
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:Every line has an answer.",
      "1:The run could not go on. The same command continues it.",
      "2:The arguments make no sense.",
      "3:Every line is done, and some have an error.",
      "130:Ctrl+C was pressed. The same command continues the run.",
      "141:Nobody reads the output any more."
    })
final class BatchCommand implements Callable<Integer> {

  private static final String STANDARD = "-";

  @SuppressWarnings("NullAway.Init") // set by picocli
  @Parameters(
      paramLabel = "<input>",
      description = "A file with a JSON object on each line; '-' reads standard input")
  private Path input;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "<file>",
      description =
          "Where the answers go, one on each line. Lines that it has are not done again. Default:"
              + " standard output")
  private @Nullable Path output;

  @Option(names = "--overwrite", description = "Begin anew if the output is there")
  private boolean overwrite;

  @Option(names = "--retry-failed", description = "Do the lines again that have an error there")
  private boolean retryFailed;

  @Option(
      names = "--order",
      paramLabel = "<order>",
      converter = OrderOption.class,
      description =
          "'input': in the order of the input; 'finished': as they come. Default: ${DEFAULT-VALUE}")
  private OrderOption.Order order = OrderOption.Order.INPUT;

  @Option(
      names = "--embed",
      description = "Compute embeddings: each line has an \"input\" or a \"prompt\"")
  private boolean embed;

  @Mixin private ModelOptions model = new ModelOptions();

  @Option(
      names = {"-n", "--max-tokens"},
      paramLabel = "<n>",
      description =
          "How many tokens to generate at most, for lines that do not say. Default: 100 for a"
              + " prompt, as many as fit for messages, OpenAI's for its lines")
  private @Nullable Integer maxTokens;

  @Mixin private SamplerOptions sampler = new SamplerOptions();

  @Option(
      names = "--slots",
      paramLabel = "<n>",
      description = "Lines that are decoded together at most. Default: ${DEFAULT-VALUE}")
  private int slots = EngineParams.defaults().slots();

  @Option(
      names = {"-c", "--context-size"},
      paramLabel = "<n>",
      description =
          "Room for the tokens of all lines that are decoded together. Default: ${DEFAULT-VALUE}")
  private int contextSize = EngineParams.defaults().context().contextSize();

  @Option(
      names = "--max-tokens-per-stream",
      paramLabel = "<n>",
      description =
          "Room for the tokens of one line; 0: all there is. If all slots have that much room at"
              + " once, each has its own, which is faster. Default: ${DEFAULT-VALUE}")
  private int maxTokensPerStream = EngineParams.defaults().maxTokensPerStream();

  @Option(
      names = "--reproducible",
      description =
          "With a seed, a line has the same answer in every run, whatever is decoded beside it."
              + " Slower")
  private boolean reproducible;

  @Option(
      names = "--timeout",
      paramLabel = "<seconds>",
      description = "Give up a line after this time. Default: never")
  private double timeoutSeconds;

  @Option(
      names = "--retries",
      paramLabel = "<n>",
      description =
          "How often to try a line again after an error that may pass, such as a timeout. Default:"
              + " ${DEFAULT-VALUE}")
  private int retries = 2;

  @SuppressWarnings("NullAway.Init") // set by picocli
  @Spec
  private CommandSpec spec;

  private final InputStream in;

  BatchCommand(InputStream in) {
    this.in = in;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    PrintWriter err = spec.commandLine().getErr();
    model.showLog(err);
    try {
      BatchParams params = params();
      EngineParams engineParams = engineParams();
      try (Interruption interruption = new Interruption().install();
          BatchFiles files = files()) {
        return new ConsoleBatch(files, params, err, interruption)
            .run(() -> choose(err), modelParams(interruption), engineParams);
      }
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private BatchParams params() throws IOException {
    Duration timeout = Duration.ofNanos((long) (timeoutSeconds * 1e9));
    GenerationRequest.Builder checked = GenerationRequest.builder("any").timeout(timeout);
    int max = maxTokens == null ? checked.build().maxTokens() : maxTokens;
    checked.maxTokens(max).build();
    if (retries < 0) {
      throw InvalidValueException.outOfRange("retries", "", retries, "[0, 2^31 - 1]");
    }
    LineSeeds seeds = new LineSeeds(sampler.params(SamplerParams.defaults()).seed());
    // twice the slots, as in Engine.generateAll: the next line is there when a slot becomes free
    return new BatchParams(seeds, embed, isInOrder(), 2 * slots, timeout, retries);
  }

  private ConsoleBatch.Choice choose(PrintWriter err) throws IOException {
    ChosenModel chosen = model.choose(err);
    RequestDefaults ofModel = chosen.requestDefaults();
    RequestDefaults defaults =
        ofModel.toBuilder()
            .sampler(sampler.params(ofModel.sampler()))
            .maxTokens(maxTokens == null ? ofModel.maxTokens() : maxTokens)
            .build();
    return new ConsoleBatch.Choice(chosen, defaults);
  }

  private boolean isInOrder() {
    return order == OrderOption.Order.INPUT;
  }

  private EngineParams engineParams() {
    return EngineParams.builder()
        .slots(slots)
        .maxTokensPerStream(maxTokensPerStream)
        .context(
            ContextParams.builder()
                .contextSize(contextSize)
                .threads(model.threads())
                .batchThreads(model.threads())
                .reproducible(reproducible)
                .build())
        .build();
  }

  private ModelParams modelParams(Interruption interruption) {
    ModelParams.Builder params = model.params().progressListener(_ -> !interruption.requested());
    return reproducible ? params.repackWeights(false).build() : params.build();
  }

  private BatchFiles files() throws IOException {
    InputStream once = once();
    PrintWriter out = unlessFile();
    if (retryFailed && (overwrite || once != null || out != null)) {
      throw new ParameterException(
          spec.commandLine(),
          "--retry-failed: only for an output file of an input file, and not with --overwrite");
    }
    if (out != null) {
      return once == null ? BatchFiles.open(input, out) : BatchFiles.open(once, out);
    }
    Path file = Objects.requireNonNull(output);
    BatchFiles.Mode mode = new BatchFiles.Mode(overwrite, isInOrder(), retryFailed);
    if (once != null) {
      return BatchFiles.open(once, file, mode);
    }
    if (Files.exists(file) && Files.exists(input) && Files.isSameFile(input, file)) {
      throw new ParameterException(spec.commandLine(), "--output: it is the input, too");
    }
    return BatchFiles.open(input, file, mode);
  }

  /** An input that can be read only once, such as a pipe; null if it is a file. */
  private @Nullable InputStream once() throws IOException {
    if (input.toString().equals(STANDARD)) {
      return in;
    }
    if (Files.isDirectory(input)) {
      throw new IOException(input + ": it is a folder, must be a file");
    }
    boolean file = Files.isRegularFile(input) || Files.notExists(input);
    return file ? null : Files.newInputStream(input);
  }

  /** An output that can only be written, such as a pipe; null if it is a file. */
  private @Nullable PrintWriter unlessFile() throws IOException {
    if (output == null || output.toString().equals(STANDARD)) {
      return spec.commandLine().getOut();
    }
    if (Files.notExists(output) || Files.isRegularFile(output)) {
      return null;
    }
    return new PrintWriter(Files.newBufferedWriter(output));
  }
}
