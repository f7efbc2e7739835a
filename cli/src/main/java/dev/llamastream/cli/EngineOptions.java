package dev.llamastream.cli;

import dev.llamastream.ContextParams;
import dev.llamastream.engine.EngineParams;
import dev.llamastream.engine.PrefixStore;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of an engine. */
final class EngineOptions {

  private static final EngineParams DEFAULTS = EngineParams.defaults();

  @Option(
      names = "--slots",
      paramLabel = "<n>",
      description = "Streams that are decoded together at most. Default: ${DEFAULT-VALUE}")
  private int slots = DEFAULTS.slots();

  @Option(
      names = "--queue",
      paramLabel = "<n>",
      description = "Requests that may wait for a slot; more get 429. Default: ${DEFAULT-VALUE}")
  private int queue = DEFAULTS.queueCapacity();

  @Option(
      names = {"-c", "--context-size"},
      paramLabel = "<n>",
      description = "Room for the tokens of all streams together. Default: ${DEFAULT-VALUE}")
  private int contextSize = DEFAULTS.context().contextSize();

  @Option(
      names = "--max-tokens-per-stream",
      paramLabel = "<n>",
      description =
          "Room for the tokens of one stream; 0: all there is. If all slots have that much room at"
              + " once, each has its own, which is faster. Default: ${DEFAULT-VALUE}")
  private int maxTokensPerStream = DEFAULTS.maxTokensPerStream();

  @Option(
      names = "--prefix-store",
      paramLabel = "<folder>[,<size>]",
      converter = PrefixStoreConverter.class,
      description =
          "A folder that keeps the beginnings of prompts for the time after a restart, and its size,"
              + " such as 500M or 20G. The files contain prompts. Default: none; size: "
              + PrefixStoreConverter.DEFAULT_SIZE)
  private @Nullable PrefixStore prefixStore;

  /** The options as parameters. */
  EngineParams.Builder params(int threads) {
    EngineParams.Builder params = EngineParams.builder();
    if (prefixStore != null) {
      params.prefixStore(prefixStore.folder(), prefixStore.maxBytes());
    }
    return params
        .slots(slots)
        .queueCapacity(queue)
        .context(
            ContextParams.builder()
                .contextSize(contextSize)
                .threads(threads)
                .batchThreads(threads)
                .build())
        .maxTokensPerStream(maxTokensPerStream);
  }
}
