package dev.llamastream.internal.generation;

import java.util.Arrays;

/**
 * Which tokens the KV cache holds, and how many of them a new prompt may keep.
 *
 * <p>In reproducible mode a token's logits must come out as in a cold run, bit for bit. They do if
 * every reused cell was prefilled, not decoded, and no token is computed alone that a cold run would
 * have computed among others, or the reverse. A cold run computes in micro-batches that begin at
 * multiples of their size; so prefill goes on in the same ones, and a reuse that would leave one
 * token alone in its micro-batch gives up a cell more.
 */
public final class CachedPrefix {

  private final boolean reproducible;
  private final int microBatchSize;
  private int[] tokens = new int[256];
  private int length;
  private int prefilled;

  /** An empty cache. */
  public CachedPrefix(boolean reproducible, int microBatchSize) {
    this.reproducible = reproducible;
    this.microBatchSize = microBatchSize;
  }

  /** How many cells are in use. */
  public int length() {
    return length;
  }

  /** How many tokens of the prompt need not be prefilled; the last one always must be. */
  public int reusable(int[] prompt) {
    int max = Math.min(prompt.length - 1, reproducible ? prefilled : length);
    int mismatch = Arrays.mismatch(tokens, 0, max, prompt, 0, max);
    int common = mismatch < 0 ? max : mismatch;
    return reproducible ? withoutLoneTokens(common, prompt.length) : common;
  }

  private int withoutLoneTokens(int common, int promptLength) {
    int begin = common - common % microBatchSize;
    int end = Math.min(begin + microBatchSize, promptLength);
    boolean aloneNow = end - common == 1;
    boolean aloneCold = end - begin == 1;
    return aloneNow && !aloneCold ? common - 1 : common;
  }

  /** Where a prefill chunk that begins here must end. */
  public int chunkEnd(int from, int promptLength, int batchSize) {
    int intoMicroBatch = from % microBatchSize;
    int end =
        reproducible && intoMicroBatch != 0
            ? from - intoMicroBatch + microBatchSize
            : from + batchSize - batchSize % microBatchSize;
    return Math.min(promptLength, end);
  }

  /** Cells from this one on are gone. */
  public void truncate(int newLength) {
    length = Math.min(length, newLength);
    prefilled = Math.min(prefilled, newLength);
  }

  /** A part of a prompt was prefilled. */
  public void prefilled(int[] prompt, int from, int to) {
    boolean unbroken = prefilled == length;
    ensureCapacity(length + to - from);
    System.arraycopy(prompt, from, tokens, length, to - from);
    length += to - from;
    if (unbroken) {
      prefilled = length;
    }
  }

  /** One token was decoded. */
  public void decoded(int token) {
    ensureCapacity(length + 1);
    tokens[length++] = token;
  }

  private void ensureCapacity(int capacity) {
    if (capacity > tokens.length) {
      tokens = Arrays.copyOf(tokens, Math.max(capacity, tokens.length * 2));
    }
  }
}
