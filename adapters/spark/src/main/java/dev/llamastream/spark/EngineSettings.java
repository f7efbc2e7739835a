package dev.llamastream.spark;

import dev.llamastream.ContextParams;
import dev.llamastream.EmbedderParams;
import dev.llamastream.InvalidValueException;
import dev.llamastream.ModelParams;
import dev.llamastream.engine.EngineParams;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/**
 * What tasks must agree on to share what is open in their JVM.
 *
 * @param model as in {@link LlamaSettings#builder(String)}
 * @param sha256 empty for any
 * @param embeds whether an embedder is opened in place of an engine
 */
record EngineSettings(
    String model,
    String sha256,
    boolean embeds,
    ModelParams modelParams,
    EngineParams engineParams,
    EmbedderParams embedderParams,
    Duration idleTimeout) {

  /**
   * A row in work is never parked: nobody reads it before those in front of it are done. It has at
   * most as many tokens as the KV cache, so this bounds nothing.
   */
  private static final int STREAM_BUFFER = 1 << 20;

  /** Never full: tasks limit what they ask for. */
  private static final int QUEUE = 1 << 20;

  static EngineSettings of(Map<String, String> options) {
    String model = Options.text(options, Options.MODEL);
    if (model.isBlank()) {
      throw new InvalidValueException(
          Options.MODEL,
          "missing, must be a model's name, the path of a GGUF file or sparkfiles:NAME");
    }
    String sha256 = Options.text(options, Options.SHA256).toLowerCase(Locale.ROOT);
    if (!sha256.matches("|[0-9a-f]{64}")) {
      throw Options.wrong(Options.SHA256, sha256, "64 hexadecimal digits");
    }
    boolean embeds = RequestSettings.mode(options) == LlamaSettings.Mode.EMBED;
    boolean reproducible = Options.flag(options, Options.REPRODUCIBLE);
    long idle = Options.longInteger(options, Options.IDLE_TIMEOUT);
    if (idle < 0 || idle > Duration.ofDays(36500).toSeconds()) {
      throw Options.wrong(Options.IDLE_TIMEOUT, String.valueOf(idle), "0 s to 36500 days");
    }
    return new EngineSettings(
        model,
        sha256,
        embeds,
        ModelParams.builder()
            .gpuLayers(Options.integer(options, Options.GPU_LAYERS))
            .repackWeights(!reproducible)
            .build(),
        embeds ? EngineParams.defaults() : engine(options),
        embeds ? embedder(options) : EmbedderParams.defaults(),
        Duration.ofSeconds(idle));
  }

  private static EngineParams engine(Map<String, String> options) {
    int threads = Options.integer(options, Options.THREADS);
    return EngineParams.builder()
        .slots(Options.integer(options, Options.SLOTS))
        .context(
            ContextParams.builder()
                .contextSize(Options.integer(options, Options.CONTEXT_SIZE))
                .threads(threads)
                .batchThreads(threads)
                .reproducible(Options.flag(options, Options.REPRODUCIBLE))
                .build())
        .maxTokensPerStream(Options.integer(options, Options.MAX_TOKENS_PER_STREAM))
        .streamBuffer(STREAM_BUFFER)
        .queueCapacity(QUEUE)
        .build();
  }

  private static EmbedderParams embedder(Map<String, String> options) {
    return EmbedderParams.builder()
        .contextSize(Options.integer(options, Options.CONTEXT_SIZE))
        .threads(Options.integer(options, Options.THREADS))
        .build();
  }
}
