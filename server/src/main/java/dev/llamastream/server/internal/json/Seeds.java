package dev.llamastream.server.internal.json;

import dev.llamastream.SamplerParams;

/** The seeds of the choices of a prompt. */
public final class Seeds {

  /** Clients' seeds have 64 bits. The library's have 32 bits, and one value means random. */
  private static final long SEEDS = 0xFFFF_FFFFL;

  private Seeds() {}

  /** The seed of one of a prompt's choices. With equal seeds, all choices would be the same. */
  public static long of(int choice, long seed) {
    // llama.cpp's value for a random seed, read as unsigned
    boolean random = seed == SamplerParams.RANDOM_SEED || seed == SEEDS;
    return random ? SamplerParams.RANDOM_SEED : Math.floorMod(seed + choice, SEEDS);
  }
}
