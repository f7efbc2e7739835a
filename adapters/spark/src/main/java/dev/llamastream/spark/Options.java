package dev.llamastream.spark;

import dev.llamastream.GenerationRequest;
import dev.llamastream.InvalidValueException;
import dev.llamastream.SamplerParams;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/** The names of settings, and their texts. */
final class Options {

  static final String MODEL = "model";
  static final String SHA256 = "sha256";
  static final String SLOTS = "slots";
  static final String CONTEXT_SIZE = "contextSize";
  static final String MAX_TOKENS_PER_STREAM = "maxTokensPerStream";
  static final String THREADS = "threads";
  static final String GPU_LAYERS = "gpuLayers";
  static final String REPRODUCIBLE = "reproducible";
  static final String IDLE_TIMEOUT = "idleTimeout";
  static final String MODE = "mode";
  static final String SYSTEM_MESSAGE = "systemMessage";
  static final String THINKING = "thinking";
  static final String SCHEMA = "schema";
  static final String MAX_TOKENS = "maxTokens";
  static final String TEMPERATURE = "temperature";
  static final String TOP_K = "topK";
  static final String TOP_P = "topP";
  static final String MIN_P = "minP";
  static final String SEED = "seed";
  static final String STOP_SEQUENCES = "stopSequences";
  static final String TIMEOUT = "timeout";

  static final SortedMap<String, String> DEFAULTS = defaults();

  private Options() {}

  private static SortedMap<String, String> defaults() {
    SamplerParams sampler = SamplerParams.defaults();
    TreeMap<String, String> all = new TreeMap<>();
    all.put(MODEL, "");
    all.put(SHA256, "");
    all.put(SLOTS, "8");
    all.put(CONTEXT_SIZE, "8192");
    all.put(MAX_TOKENS_PER_STREAM, "0");
    all.put(THREADS, "0");
    all.put(GPU_LAYERS, "-1");
    all.put(REPRODUCIBLE, "false");
    all.put(IDLE_TIMEOUT, "300");
    all.put(MODE, "generate");
    all.put(SYSTEM_MESSAGE, "");
    all.put(THINKING, "true");
    all.put(SCHEMA, "");
    all.put(MAX_TOKENS, String.valueOf(GenerationRequest.DEFAULT_MAX_TOKENS));
    all.put(TEMPERATURE, String.valueOf(sampler.temperature()));
    all.put(TOP_K, String.valueOf(sampler.topK()));
    all.put(TOP_P, String.valueOf(sampler.topP()));
    all.put(MIN_P, String.valueOf(sampler.minP()));
    all.put(SEED, "0");
    all.put(STOP_SEQUENCES, "");
    all.put(TIMEOUT, "0");
    return Collections.unmodifiableSortedMap(all);
  }

  static String text(Map<String, String> options, String name) {
    String value = options.get(name);
    if (value == null) {
      throw new InvalidValueException(name, "missing");
    }
    return value;
  }

  static int integer(Map<String, String> options, String name) {
    return parsed(options, name, Integer::parseInt, "an integer");
  }

  static long longInteger(Map<String, String> options, String name) {
    return parsed(options, name, Long::parseLong, "an integer");
  }

  static double number(Map<String, String> options, String name) {
    return parsed(options, name, Double::parseDouble, "a number");
  }

  static boolean flag(Map<String, String> options, String name) {
    return switch (text(options, name)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw wrong(name, text(options, name), "true or false");
    };
  }

  static InvalidValueException wrong(String name, String value, String wanted) {
    return new InvalidValueException(name, "'" + value + "', must be " + wanted);
  }

  private static <T> T parsed(
      Map<String, String> options, String name, Function<String, T> parser, String wanted) {
    String text = text(options, name);
    try {
      return parser.apply(text.strip());
    } catch (NumberFormatException e) {
      InvalidValueException wrong = wrong(name, text, wanted);
      wrong.addSuppressed(e);
      throw wrong;
    }
  }
}
