package dev.llamastream.spark;

import dev.llamastream.InvalidValueException;
import dev.llamastream.SamplerParams;
import dev.llamastream.spark.LlamaSettings.Mode;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What is asked for with each row.
 *
 * @param schema a JSON schema; empty if the mode needs none
 * @param seed of which those of the rows are made
 */
record RequestSettings(
    Mode mode,
    String systemMessage,
    boolean thinking,
    String schema,
    int maxTokens,
    SamplerParams sampler,
    long seed,
    List<String> stopSequences,
    Duration timeout) {

  static RequestSettings of(Map<String, String> options) {
    Mode mode = mode(options);
    String schema = Options.text(options, Options.SCHEMA);
    if (mode == Mode.JSON && schema.isBlank()) {
      throw new InvalidValueException(
          Options.SCHEMA, "missing, must be a JSON schema or columns such as 'name STRING'");
    }
    String stop = Options.text(options, Options.STOP_SEQUENCES);
    RequestSettings settings =
        new RequestSettings(
            mode,
            Options.text(options, Options.SYSTEM_MESSAGE),
            Options.flag(options, Options.THINKING),
            mode == Mode.JSON ? AnswerSchema.of(schema).jsonSchema() : "",
            Options.integer(options, Options.MAX_TOKENS),
            SamplerParams.builder()
                .temperature(Options.number(options, Options.TEMPERATURE))
                .topK(Options.integer(options, Options.TOP_K))
                .topP(Options.number(options, Options.TOP_P))
                .minP(Options.number(options, Options.MIN_P))
                .build(),
            Options.longInteger(options, Options.SEED),
            stop.isEmpty() ? List.of() : List.of(stop.split("\n")),
            Duration.ofSeconds(Options.longInteger(options, Options.TIMEOUT)));
    RowRequests.check(settings);
    return settings;
  }

  static Mode mode(Map<String, String> options) {
    String name = Options.text(options, Options.MODE);
    try {
      return Mode.valueOf(name.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      InvalidValueException wrong =
          Options.wrong(Options.MODE, name, "generate, chat, json or embed");
      wrong.addSuppressed(e);
      throw wrong;
    }
  }
}
