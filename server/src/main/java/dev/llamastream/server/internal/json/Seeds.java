package dev.llamastream.server.internal.json;

import dev.llamastream.SamplerParams;

/** Clients' seeds have 64 bits. The library's have 32 bits, and one value means random. */
public final class Seeds {

  private static final long SEEDS = 0xFFFF_FFFFL;

  private Seeds() {}

  /**
   * The library's seed.
   *
   * @param asked the client's; -1 for a random one
   * @param choice of several with this seed, from 0: with equal seeds, all would be the same
   */
  public static long of(long asked, int choice) {
    // llama.cpp's value for a random seed, read as unsigned
    boolean random = asked == SamplerParams.RANDOM_SEED || asked == SEEDS;
    return random ? SamplerParams.RANDOM_SEED : Math.floorMod(asked + choice, SEEDS);
  }
}
