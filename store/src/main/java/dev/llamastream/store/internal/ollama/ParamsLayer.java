package dev.llamastream.store.internal.ollama;

import com.fasterxml.jackson.databind.JsonNode;
import dev.llamastream.GenerationRequest;
import dev.llamastream.InvalidValueException;
import dev.llamastream.SamplerParams;
import dev.llamastream.store.GenerationDefaults;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The layer {@code params}: an object of numbers, and {@code stop}. Keys that mean nothing here,
 * such as {@code num_gpu}, are passed over.
 */
final class ParamsLayer {

  /** No model's context is longer. A number from nowhere would only fail to be allocated. */
  static final int MAX_CONTEXT = 1 << 24;

  private static final int MAX_STOPS = 100;

  private final GenerationDefaults.Builder defaults;
  private final LayerLog log;

  private ParamsLayer(GenerationDefaults.Builder defaults, LayerLog log) {
    this.defaults = defaults;
    this.log = log;
  }

  /** Sets what the object says. What makes no sense is logged and left out. */
  static void read(JsonNode params, GenerationDefaults.Builder defaults, LayerLog log) {
    if (!params.isObject()) {
      log.ignored("it is no JSON object");
      return;
    }
    ParamsLayer layer = new ParamsLayer(defaults, log);
    for (Map.Entry<String, JsonNode> entry : params.properties()) {
      if (!entry.getValue().isNull()) {
        layer.read(entry.getKey(), entry.getValue());
      }
    }
  }

  private void read(String key, JsonNode value) {
    try {
      switch (key) {
        case "num_ctx" -> defaults.contextSize((int) whole(value, 1, MAX_CONTEXT));
        case "num_predict" -> {
          // below 0: until the model ends or the context is full
          long tokens = whole(value, -2, Integer.MAX_VALUE);
          defaults.maxTokens(tokens < 0 ? Integer.MAX_VALUE : (int) tokens);
        }
        case "stop" -> stops(value);
        default -> sampler(key, value);
      }
    } catch (InvalidValueException e) {
      log.leftOut(key, e.reason());
    }
  }

  private void sampler(String key, JsonNode value) {
    switch (key) {
      case "temperature" -> defaults.samplerValue("temperature", real(value));
      case "top_p" -> defaults.samplerValue("topP", real(value));
      case "min_p" -> defaults.samplerValue("minP", real(value));
      case "typical_p" -> defaults.samplerValue("typicalP", real(value));
      case "repeat_penalty" -> defaults.samplerValue("repeatPenalty", real(value));
      case "presence_penalty" -> defaults.samplerValue("presencePenalty", real(value));
      case "frequency_penalty" -> defaults.samplerValue("frequencyPenalty", real(value));
      case "seed" -> defaults.samplerValue("seed", real(value));
      case "mirostat" -> defaults.samplerValue("mirostat.version", real(value));
      case "mirostat_tau" -> defaults.samplerValue("mirostat.tau", real(value));
      case "mirostat_eta" -> defaults.samplerValue("mirostat.eta", real(value));
      // below 0 is another way to say: all
      case "top_k" -> defaults.samplerValue("topK", Math.max(0, real(value)));
      case "repeat_last_n" -> {
        // -1 is the whole context
        double tokens = real(value);
        defaults.samplerValue("penaltyLastN", tokens == -1 ? SamplerParams.MAX_LAST_N : tokens);
      }
      default -> {}
    }
  }

  private void stops(JsonNode value) {
    if (!value.isArray() && !value.isTextual()) {
      throw wrongType(value, "a list of texts");
    }
    List<String> stops = new ArrayList<>();
    for (JsonNode stop : value.isArray() ? value : List.of(value)) {
      if (!stop.isTextual()) {
        log.leftOut("stop", stop + ", must be a text");
      } else if (stops.size() == MAX_STOPS) {
        log.leftOut("stop", stop + ", must be among the first " + MAX_STOPS);
      } else {
        add(stop.textValue(), stops);
      }
    }
    defaults.stopSequences(stops);
  }

  private void add(String stop, List<String> stops) {
    try {
      GenerationRequest.builder("").stopSequences(stop).build();
      stops.add(stop);
    } catch (InvalidValueException e) {
      log.leftOut("stop", e.reason());
    }
  }

  private static double real(JsonNode value) {
    if (!value.isNumber()) {
      throw wrongType(value, "a number");
    }
    return value.doubleValue();
  }

  private static long whole(JsonNode value, long min, long max) {
    double number = real(value);
    if (number != Math.rint(number)) {
      throw wrongType(value, "a whole number");
    }
    // a double holds all numbers of these ranges
    if (!(number >= min && number <= max)) {
      throw InvalidValueException.outOfRange("", "", value, "[" + min + ", " + max + "]");
    }
    return (long) number;
  }

  private static InvalidValueException wrongType(JsonNode value, String type) {
    return new InvalidValueException("", value + ", must be " + type);
  }
}
