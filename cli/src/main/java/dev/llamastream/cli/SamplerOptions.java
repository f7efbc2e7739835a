package dev.llamastream.cli;

import dev.llamastream.SamplerParams;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

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

  /**
   * @throws IllegalArgumentException if a value is out of its range
   * @throws IOException if the grammar cannot be read
   */
  SamplerParams params() throws IOException {
    return SamplerParams.builder()
        .temperature(temperature)
        .topK(topK)
        .topP(topP)
        .minP(minP)
        .repeatPenalty(repeatPenalty)
        .seed(seed)
        .grammar(grammarFile == null ? "" : grammar(grammarFile))
        .build();
  }

  private static String grammar(Path file) throws IOException {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (IOException e) {
      throw new IOException("the grammar cannot be read: " + e, e);
    }
    return Utf8.decode("the grammar", bytes);
  }
}
