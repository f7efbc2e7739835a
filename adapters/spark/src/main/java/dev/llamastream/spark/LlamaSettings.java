package dev.llamastream.spark;

import static java.util.Objects.requireNonNull;

import dev.llamastream.InvalidValueException;
import dev.llamastream.SamplerParams;
import java.io.Serializable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * What executors do with each row, and with which model. A small value: it travels with the tasks;
 * the model never does. Immutable.
 *
 * <p>Each setting has a name and a text, so that it can be an option in SQL or in Spark's
 * configuration. The names are those of the builder's methods.
 *
 * @since 0.1.0
 */
public final class LlamaSettings implements Serializable {

  private static final long serialVersionUID = 1;

  /** What is done with the text of a row. */
  public enum Mode {
    /** The text is a prompt, which the model continues. */
    GENERATE,
    /** The text is what a user says. The model answers by its chat template. */
    CHAT,
    /** As {@link #CHAT}. The answer is JSON that follows {@link Builder#schema}. */
    JSON,
    /** The result is the text's embedding. */
    EMBED
  }

  private final TreeMap<String, String> options;
  private transient @Nullable EngineSettings engine;
  private transient @Nullable RequestSettings request;

  private LlamaSettings(SortedMap<String, String> options) {
    this.options = new TreeMap<>(options);
    var _ = engine();
    var _ = request();
  }

  /**
   * A builder for a model.
   *
   * @param model a name such as {@code llama3.2:1b}, which each executor downloads on first use,
   *     the path of a GGUF file on each executor, or {@code sparkfiles:NAME} for a file that {@code
   *     --files} or the SQL command {@code ADD FILE} ships. Datasets do not see what {@code
   *     SparkContext.addFile} ships unless {@code spark.sql.artifact.isolation.enabled} is false
   */
  public static Builder builder(String model) {
    return new Builder(Options.DEFAULTS).option(Options.MODEL, model);
  }

  /** A builder for a model, as {@link #builder(String)}. */
  public static Builder builder(Path model) {
    return builder(model.toString());
  }

  /**
   * Settings from options by their names, as {@link Builder#option}.
   *
   * @throws InvalidValueException if an option does not exist or is wrong, or {@code model} is
   *     missing
   */
  public static LlamaSettings of(Map<String, String> options) {
    Builder builder = new Builder(Options.DEFAULTS);
    options.forEach(builder::option);
    return builder.build();
  }

  /** A builder that starts from these values. */
  public Builder toBuilder() {
    return new Builder(options);
  }

  /** All settings by their names. */
  public SortedMap<String, String> options() {
    return new TreeMap<>(options);
  }

  /** What is done with a row. */
  public Mode mode() {
    return request().mode();
  }

  /** What answers in the mode {@link Mode#JSON} are in Spark. */
  StructType answerType() {
    return AnswerSchema.of(Options.text(options, Options.SCHEMA)).type();
  }

  synchronized EngineSettings engine() {
    if (engine == null) {
      engine = EngineSettings.of(options);
    }
    return engine;
  }

  synchronized RequestSettings request() {
    if (request == null) {
      request = RequestSettings.of(options);
    }
    return request;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof LlamaSettings that && options.equals(that.options);
  }

  @Override
  public int hashCode() {
    return options.hashCode();
  }

  @Override
  public String toString() {
    return "LlamaSettings" + options;
  }

  /** Builds {@link LlamaSettings}. Not thread-safe. */
  public static final class Builder {

    private final SortedMap<String, String> options;

    private Builder(SortedMap<String, String> options) {
      this.options = new TreeMap<>(options);
    }

    /**
     * Sets the setting of this name.
     *
     * @throws InvalidValueException if there is none
     */
    public Builder option(String name, String value) {
      if (!Options.DEFAULTS.containsKey(name)) {
        throw new InvalidValueException(
            name, "no such option, must be one of " + Options.DEFAULTS.keySet());
      }
      options.put(name, requireNonNull(value, name));
      return this;
    }

    /**
     * The SHA-256 that the model's file must have, in hexadecimal; empty for any. Each executor
     * then reads the whole file before it loads the model. Default empty.
     */
    public Builder sha256(String value) {
      return option(Options.SHA256, value);
    }

    /** How many rows an executor decodes together. Range [1, 128], default 8. */
    public Builder slots(int value) {
      return option(Options.SLOTS, String.valueOf(value));
    }

    /**
     * How many tokens the rows in work have room for, all together; in the mode {@link Mode#EMBED}
     * one row. Default 8192.
     */
    public Builder contextSize(int value) {
      return option(Options.CONTEXT_SIZE, String.valueOf(value));
    }

    /**
     * The maximum number of tokens of one row, its prompt included; 0 for as many as there is room
     * for. Default 0.
     */
    public Builder maxTokensPerStream(int value) {
      return option(Options.MAX_TOKENS_PER_STREAM, String.valueOf(value));
    }

    /**
     * How many threads compute; 0 lets the library choose among the JVM's processors. Spark gives a
     * JVM all processors of the machine, so name a number where executors share one. Default 0.
     */
    public Builder threads(int value) {
      return option(Options.THREADS, String.valueOf(value));
    }

    /** How many layers to offload to GPUs; -1 for all. Default -1. */
    public Builder gpuLayers(int value) {
      return option(Options.GPU_LAYERS, String.valueOf(value));
    }

    /**
     * Whether a row has the same result, bit by bit, whichever rows are computed with it: see
     * {@link dev.llamastream.ContextParams#reproducible()}. A retried or speculative task then
     * gives the same results. Slower. Default false.
     */
    public Builder reproducible(boolean value) {
      return option(Options.REPRODUCIBLE, String.valueOf(value));
    }

    /**
     * How long an executor keeps the model after its last task, in whole seconds. Range [0 s, 36500
     * days], default 5 min.
     */
    public Builder idleTimeout(Duration value) {
      return option(Options.IDLE_TIMEOUT, String.valueOf(value.toSeconds()));
    }

    /** What is done with a row. Default {@link Mode#GENERATE}. */
    public Builder mode(Mode value) {
      return option(Options.MODE, value.name().toLowerCase(Locale.ROOT));
    }

    /** The system message of a chat; empty for none. Default empty. */
    public Builder systemMessage(String value) {
      return option(Options.SYSTEM_MESSAGE, value);
    }

    /** Whether a model that can may think before it answers. Default true. */
    public Builder thinking(boolean value) {
      return option(Options.THINKING, String.valueOf(value));
    }

    /**
     * What the answer follows in the mode {@link Mode#JSON}: a JSON schema, or columns as Spark
     * writes them: {@code name STRING, age INT}. Default empty.
     */
    public Builder schema(String value) {
      return option(Options.SCHEMA, value);
    }

    /** The maximum number of tokens to generate for a row. Default 100. */
    public Builder maxTokens(int value) {
      return option(Options.MAX_TOKENS, String.valueOf(value));
    }

    /** See {@link SamplerParams#temperature()}. */
    public Builder temperature(double value) {
      return option(Options.TEMPERATURE, String.valueOf(value));
    }

    /** See {@link SamplerParams#topK()}. */
    public Builder topK(int value) {
      return option(Options.TOP_K, String.valueOf(value));
    }

    /** See {@link SamplerParams#topP()}. */
    public Builder topP(double value) {
      return option(Options.TOP_P, String.valueOf(value));
    }

    /** See {@link SamplerParams#minP()}. */
    public Builder minP(double value) {
      return option(Options.MIN_P, String.valueOf(value));
    }

    /**
     * Makes other random choices. A row's seed is made of this number and of the row's key, or of
     * its text if it has no key: it does not depend on partitions or attempts. Default 0.
     */
    public Builder seed(long value) {
      return option(Options.SEED, String.valueOf(value));
    }

    /** Texts that end a row's text. As an option, one in each line. Default none. */
    public Builder stopSequences(List<String> value) {
      return option(Options.STOP_SEQUENCES, String.join("\n", value));
    }

    /** How long a row may take, in whole seconds; zero for no limit. Default zero. */
    public Builder timeout(Duration value) {
      return option(Options.TIMEOUT, String.valueOf(value.toSeconds()));
    }

    /**
     * Checks all values and builds the settings.
     *
     * @throws InvalidValueException if one is wrong
     */
    public LlamaSettings build() {
      return new LlamaSettings(options);
    }
  }
}
