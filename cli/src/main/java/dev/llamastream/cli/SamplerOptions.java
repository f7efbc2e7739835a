package dev.llamastream.cli;

import dev.llamastream.SamplerParams;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options that control how the next token is chosen. */
final class SamplerOptions {

  private static final SamplerParams DEFAULTS = SamplerParams.defaults();

  @Option(
      names = "--temp",
      paramLabel = "<t>",
      description =
          "Temperature; 0 always takes the most probable token. Default: ${DEFAULT-VALUE}")
  private double temperature = DEFAULTS.temperature();

  @Option(
      names = "--top-k",
      paramLabel = "<k>",
      description = "Keep the k most probable tokens; 0 for all. Default: ${DEFAULT-VALUE}")
  private int topK = DEFAULTS.topK();

  @Option(
      names = "--top-p",
      paramLabel = "<p>",
      description =
          "Keep the most probable tokens up to this probability; 1 for all. Default:"
              + " ${DEFAULT-VALUE}")
  private double topP = DEFAULTS.topP();

  @Option(
      names = "--min-p",
      paramLabel = "<p>",
      description =
          "Keep tokens at least this probable relative to the best; 0 for all. Default:"
              + " ${DEFAULT-VALUE}")
  private double minP = DEFAULTS.minP();

  @Option(
      names = "--repeat-penalty",
      paramLabel = "<x>",
      description = "Penalty for recent tokens; 1 for none. Default: ${DEFAULT-VALUE}")
  private double repeatPenalty = DEFAULTS.repeatPenalty();

  @Option(
      names = {"-s", "--seed"},
      paramLabel = "<n>",
      description = "Seed of the random numbers. Default: a new one each time")
  private long seed = DEFAULTS.seed();

  @Option(
      names = "--grammar-file",
      paramLabel = "<file>",
      description = "A GBNF grammar that the text must follow")
  private @Nullable Path grammarFile;

  @SuppressWarnings("NullAway.Init") // set by picocli
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  /**
   * The options that were given, over the parameters of the model.
   *
   * @throws IllegalArgumentException if a value is out of its range
   * @throws IOException if the grammar cannot be read
   */
  SamplerParams params(SamplerParams ofModel) throws IOException {
    SamplerParams.Builder params = ofModel.toBuilder();
    set("--temp", () -> params.temperature(temperature));
    set("--top-k", () -> params.topK(topK));
    set("--top-p", () -> params.topP(topP));
    set("--min-p", () -> params.minP(minP));
    set("--repeat-penalty", () -> params.repeatPenalty(repeatPenalty));
    set("--seed", () -> params.seed(seed));
    if (grammarFile != null) {
      params.grammar(Utf8.read("the grammar", grammarFile));
    }
    return params.build();
  }

  private void set(String option, Runnable setter) {
    if (command.commandLine().getParseResult().hasMatchedOption(option)) {
      setter.run();
    }
  }
}
