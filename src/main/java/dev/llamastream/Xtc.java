package dev.llamastream;

import dev.llamastream.internal.Check;

/**
 * Sometimes removes the most probable tokens (<a
 * href="https://github.com/oobabooga/text-generation-webui/pull/6335">XTC</a>).
 *
 * @param probability how often; 0 for never. Range [0, 1]
 * @param threshold all but the last of the tokens above this probability go. Range [0, 1],
 *     llama.cpp's default is 0.1
 * @since 0.1.0
 */
public record Xtc(double probability, double threshold) {
  /** Not used. */
  public static final Xtc OFF = new Xtc(0, 0.1);

  /** Checks the ranges. */
  public Xtc {
    Check.range("xtc.probability", probability, 0, 1);
    Check.range("xtc.threshold", threshold, 0, 1);
  }
}
