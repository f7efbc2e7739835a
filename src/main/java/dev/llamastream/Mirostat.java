package dev.llamastream;

import dev.llamastream.internal.Check;

/**
 * Keeps the surprise of the text constant (<a
 * href="https://arxiv.org/abs/2007.14966">Mirostat</a>).
 *
 * @param version 1 or 2; 0 turns it off
 * @param tau target surprise. Range [0, 100], default 5
 * @param eta learning rate. Range [0, 1], default 0.1
 * @since 0.1.0
 */
public record Mirostat(int version, double tau, double eta) {
  /** Mirostat turned off. */
  public static final Mirostat OFF = new Mirostat(0, 5, 0.1);

  /** Checks the ranges. */
  public Mirostat {
    Check.range("mirostat.version", version, 0, 2);
    Check.range("mirostat.tau", tau, 0, 100);
    Check.range("mirostat.eta", eta, 0, 1);
  }
}
