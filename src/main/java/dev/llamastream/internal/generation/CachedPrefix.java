package dev.llamastream.internal.generation;

import java.util.Arrays;

/**
 * Which tokens the KV cache holds, and how many of them a new prompt may keep.
 *
 * <p>In reproducible mode a token's logits must come out as in a cold run, bit for bit. They do if
 * every reused cell was prefilled, not decoded, and no token is computed alone that a cold run
 * would have computed among others, or the reverse. A cold run computes in micro-batches that begin
 * at multiples of their size; so prefill goes on in the same ones, and a reuse that would leave one
 * token alone in its micro-batch gives up a cell more.
 */
public final class CachedPrefix {

  private final boolean reproducible;
  private final int microBatchSize;
  private int[] tokens = new int[256];
  private int length;
  // the cells from 0 on that this text alone would have made: none behind a context shift
  private int intact;
  // those of them that were prefilled among others
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
    int max = Math.min(prompt.length - 1, reproducible ? prefilled : intact);
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
    limitIntact(newLength);
  }

  /** The cells [from, to) are gone, and those behind have moved up. */
  public void shifted(int from, int to) {
    System.arraycopy(tokens, to, tokens, from, length - to);
    length -= to - from;
    limitIntact(from);
  }

  private void limitIntact(int limit) {
    intact = Math.min(intact, limit);
    prefilled = Math.min(prefilled, limit);
  }

  /** A part of a prompt was prefilled. */
  public void prefilled(int[] prompt, int from, int to) {
    boolean unbroken = prefilled == length;
    for (int i = from; i < to; i++) {
      append(prompt[i]);
    }
    if (unbroken) {
      prefilled = length - (computedAlone(to, prompt.length) ? 1 : 0);
    }
  }

  /**
   * Whether the prompt's last token had a micro-batch to itself, as in a longer prompt it would
   * not.
   */
  private boolean computedAlone(int to, int promptLength) {
    return to == promptLength && microBatchSize > 1 && to % microBatchSize == 1;
  }

  /** One token was decoded. */
  public void decoded(int token) {
    append(token);
  }

  private void append(int token) {
    if (length == tokens.length) {
      tokens = Arrays.copyOf(tokens, length * 2);
    }
    if (intact == length) {
      intact++;
    }
    tokens[length++] = token;
  }

  /** Becomes the first so many cells of another. */
  public void copy(CachedPrefix other, int newLength) {
    tokens = Arrays.copyOf(other.tokens, Math.max(newLength, 256));
    length = newLength;
    intact = Math.min(newLength, other.intact);
    prefilled = Math.min(newLength, other.prefilled);
  }

  /** Whether a prompt that finds a use for another finds as good a one for this. */
  public boolean beginsWith(CachedPrefix other) {
    return intact >= other.intact
        && prefilled >= other.prefilled
        && Arrays.equals(tokens, 0, other.length, other.tokens, 0, other.length);
  }

  /** The tokens of the cells that a prompt may reuse. */
  public int[] intactTokens() {
    return Arrays.copyOf(tokens, intact);
  }

  /** How many of them were prefilled. */
  public int prefilledLength() {
    return prefilled;
  }

  /** All cells were replaced by these, of which so many were prefilled. */
  public void replaced(int[] newTokens, int newPrefilled) {
    tokens = Arrays.copyOf(newTokens, Math.max(newTokens.length, 256));
    length = newTokens.length;
    intact = length;
    prefilled = newPrefilled;
  }
}
