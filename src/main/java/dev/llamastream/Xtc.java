package dev.llamastream;

import dev.llamastream.internal.Check;

/**
 * Sometimes removes the most probable tokens (<a
 * href="https://github.com/oobabooga/text-generation-webui/pull/6335">XTC</a>).
 *
 * @param probability how often it removes tokens; 0 for never. Range [0, 1]
 * @param threshold XTC removes all tokens above this probability except the least probable of them.
 *     Range [0, 1], llama.cpp's default is 0.1
 * @since 0.1.0
 */
public record Xtc(double probability, double threshold) {
  /** XTC turned off. */
  public static final Xtc OFF = new Xtc(0, 0.1);

  /** Checks the ranges. */
  public Xtc {
    Check.range("xtc.probability", probability, 0, 1);
    Check.range("xtc.threshold", threshold, 0, 1);
  }
}
