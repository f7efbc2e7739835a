package dev.llamastream;

import static dev.llamastream.SamplerParams.MAX_LAST_N;

import dev.llamastream.internal.Check;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Penalizes tokens that would continue a repetition (<a
 * href="https://github.com/oobabooga/text-generation-webui/pull/5677">DRY</a>).
 *
 * @param multiplier strength; 0 turns it off. Range [0, 100]
 * @param base grows with the repetition's length. Range [1, 100], default 1.75
 * @param allowedLength repetitions up to this length are not penalized. Range [0, 2^20], default 2
 * @param lastN how many of the last tokens are searched. Range [0, 2^20], default 1024
 * @param breakers texts that a repetition does not extend across, each of 1 to 40 bytes in UTF-8;
 *     at most 32, and in at most 65,536 tokens of the vocabulary. A model caches the last eight
 *     {@code Dry} values it was given. A new one costs milliseconds, to search the vocabulary
 * @since 0.1.0
 */
public record Dry(
    double multiplier, double base, int allowedLength, int lastN, List<String> breakers) {
  private static final int MAX_BREAKERS = 32;
  private static final int MAX_BREAKER = 40;

  /** DRY turned off. */
  public static final Dry OFF = of(0);

  /** Checks the ranges and copies the list. */
  public Dry {
    Check.range("dry.multiplier", multiplier, 0, 100);
    Check.range("dry.base", base, 1, 100);
    Check.range("dry.allowedLength", allowedLength, 0, MAX_LAST_N);
    Check.range("dry.lastN", lastN, 0, MAX_LAST_N);
    breakers = Check.listOf("dry.breakers", breakers);
    Check.range("dry.breakers", breakers.size(), 0, MAX_BREAKERS);
    for (String breaker : breakers) {
      if (breaker.isEmpty() || breaker.indexOf('\0') >= 0) {
        throw new InvalidValueException(
            "dry.breakers", "each must be a text of 1 or more characters without NUL");
      }
      // llama.cpp would cut off the rest
      Check.range(
          "dry.breakers", "bytes", breaker.getBytes(StandardCharsets.UTF_8).length, 1, MAX_BREAKER);
    }
  }

  /** DRY with this strength and llama.cpp's defaults for the other values. */
  public static Dry of(double multiplier) {
    return new Dry(multiplier, 1.75, 2, 1024, List.of("\n", ":", "\"", "*"));
  }
}
