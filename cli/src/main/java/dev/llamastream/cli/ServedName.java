package dev.llamastream.cli;

import dev.llamastream.InvalidValueException;
import dev.llamastream.ModelParams;
import dev.llamastream.SamplerParams;
import dev.llamastream.engine.EngineParams;
import dev.llamastream.gguf.GgufFile;
import dev.llamastream.server.ModelSource;
import dev.llamastream.server.RequestDefaults;
import dev.llamastream.store.MemoryNeed;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A model to serve, as the command line or a preset file names it.
 *
 * @param model the model's name for the store, or a file; empty for the default model
 * @param name what requests call it; empty for the model's own name
 * @param aliases other names that requests may use
 * @param settings what a preset file says about it
 */
record ServedName(String model, Optional<String> name, List<String> aliases, PresetTable settings) {

  /** What a preset file may say. */
  static final Set<String> KEYS =
      Set.of(
          "model",
          "aliases",
          "context-size",
          "slots",
          "queue",
          "max-tokens-per-stream",
          "threads",
          "gpu-layers",
          "system",
          "temperature",
          "top-k",
          "top-p",
          "min-p",
          "max-tokens",
          "stop");

  /** The model that is used when none is named. */
  static final ServedName DEFAULT =
      new ServedName("", Optional.empty(), List.of(), PresetTable.EMPTY);

  /** Reads {@code model} or {@code model=alias,alias}. */
  static ServedName parse(String option) {
    int equals = option.lastIndexOf('=');
    if (equals < 0 || isFile(option)) {
      return new ServedName(option, Optional.empty(), List.of(), PresetTable.EMPTY);
    }
    List<String> aliases = List.of(option.substring(equals + 1).split(",", -1));
    if (equals == 0 || aliases.contains("")) {
      throw new InvalidValueException(
          "--model", "'" + option + "', must be <model> or <model>=<alias>,<alias>");
    }
    return new ServedName(
        option.substring(0, equals), Optional.empty(), aliases, PresetTable.EMPTY);
  }

  private static boolean isFile(String text) {
    try {
      return Files.exists(Path.of(text));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  /** Finds the model; downloads it, and shows that, if it is not on this machine. */
  ChosenModel choose(LoadOptions load, PrintWriter err) {
    return model.isEmpty() ? load.chooseDefault(err) : load.choose(model, err);
  }

  /**
   * Describes the model to a server. Its settings win over the options.
   *
   * @throws InvalidValueException if a value is out of its range
   */
  ModelSource source(ChosenModel chosen, ModelParams.Builder params, EngineParams engine) {
    try {
      EngineParams own = engine(engine);
      settings.integer("gpu-layers").ifPresent(params::gpuLayers);
      List<GgufFile> files = GgufFile.readAll(chosen.file());
      return ModelSource.builder(name.orElse(chosen.name()), chosen.file())
          .aliases(aliases)
          .modelParams(params.build())
          .engineParams(own)
          .requestDefaults(defaults(chosen.requestDefaults()))
          .memory(MemoryNeed.of(files, own.context().contextSize()).total())
          .embeddingMemory(EmbeddingMemory.of(files))
          .build();
    } catch (InvalidValueException e) {
      String place = settings.place();
      throw place.isEmpty() || String.valueOf(e.getMessage()).startsWith(place)
          ? e
          : new InvalidValueException(place, String.valueOf(e.getMessage()));
    }
  }

  private EngineParams engine(EngineParams options) {
    EngineParams.Builder engine = options.toBuilder();
    settings.integer("slots").ifPresent(engine::slots);
    settings.integer("queue").ifPresent(engine::queueCapacity);
    settings.integer("max-tokens-per-stream").ifPresent(engine::maxTokensPerStream);
    var context = options.context().toBuilder();
    settings.integer("context-size").ifPresent(context::contextSize);
    settings.integer("threads").ifPresent(n -> context.threads(n).batchThreads(n));
    return engine.context(context.build()).build();
  }

  private RequestDefaults defaults(RequestDefaults ofModel) {
    RequestDefaults.Builder defaults = ofModel.toBuilder();
    SamplerParams.Builder sampler = ofModel.sampler().toBuilder();
    settings.number("temperature").ifPresent(sampler::temperature);
    settings.integer("top-k").ifPresent(sampler::topK);
    settings.number("top-p").ifPresent(sampler::topP);
    settings.number("min-p").ifPresent(sampler::minP);
    settings.text("system").ifPresent(defaults::systemMessage);
    settings.integer("max-tokens").ifPresent(defaults::maxTokens);
    settings.texts("stop").ifPresent(defaults::stopSequences);
    return defaults.sampler(sampler.build()).build();
  }
}
