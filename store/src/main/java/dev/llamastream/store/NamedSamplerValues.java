package dev.llamastream.store;

import dev.llamastream.InvalidValueException;
import dev.llamastream.Mirostat;
import dev.llamastream.SamplerParams;
import java.util.Map;
import java.util.TreeMap;

/** Some values of {@link SamplerParams}, by the names of its accessors. Immutable. */
record NamedSamplerValues(Map<String, Double> values) {

  static final NamedSamplerValues NONE = new NamedSamplerValues(Map.of());

  NamedSamplerValues {
    values = Map.copyOf(values);
  }

  /** These values and one more. */
  NamedSamplerValues with(String name, double value) {
    // throws if the value is out of its range
    set(name, value, SamplerParams.defaults());
    Map<String, Double> more = new TreeMap<>(values);
    more.put(name, value);
    return new NamedSamplerValues(more);
  }

  SamplerParams over(SamplerParams base) {
    SamplerParams result = base;
    for (Map.Entry<String, Double> entry : values.entrySet()) {
      result = set(entry.getKey(), entry.getValue(), result);
    }
    return result;
  }

  private static SamplerParams set(String name, double value, SamplerParams base) {
    SamplerParams.Builder builder = base.toBuilder();
    Mirostat old = base.mirostat();
    SamplerParams.Builder changed =
        switch (name) {
          case "temperature" -> builder.temperature(value);
          case "topK" -> builder.topK(integer(name, value));
          case "topP" -> builder.topP(value);
          case "minP" -> builder.minP(value);
          case "typicalP" -> builder.typicalP(value);
          case "repeatPenalty" -> builder.repeatPenalty(value);
          case "frequencyPenalty" -> builder.frequencyPenalty(value);
          case "presencePenalty" -> builder.presencePenalty(value);
          case "penaltyLastN" -> builder.penaltyLastN(integer(name, value));
          case "seed" -> builder.seed(whole(name, value, SamplerParams.RANDOM_SEED, 0xFFFF_FFFEL));
          case "mirostat.version" ->
              builder.mirostat(new Mirostat(integer(name, value), old.tau(), old.eta()));
          case "mirostat.tau" -> builder.mirostat(new Mirostat(old.version(), value, old.eta()));
          case "mirostat.eta" -> builder.mirostat(new Mirostat(old.version(), old.tau(), value));
          default -> throw new InvalidValueException("samplerValue", "none is named " + name);
        };
    return changed.build();
  }

  private static int integer(String name, double value) {
    return (int) whole(name, value, Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  private static long whole(String name, double value, long min, long max) {
    if (value != Math.rint(value)) {
      throw new InvalidValueException(name, value + ", must be a whole number");
    }
    if (value < min || value > max) {
      throw InvalidValueException.outOfRange(name, "", value, "[" + min + ", " + max + "]");
    }
    return (long) value;
  }
}
