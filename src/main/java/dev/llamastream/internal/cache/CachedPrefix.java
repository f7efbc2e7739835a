package dev.llamastream.internal.cache;

import java.util.Arrays;
import java.util.BitSet;

/** Which tokens the KV cache holds, and how many of them a new prompt may keep. */
public final class CachedPrefix {

  /** How much of a common beginning is reused. */
  public enum Reuse {
    /** All of it. Logits may differ from a cold run's in the last bits. */
    COMMON,

    /**
     * So much that a prompt gives the same bits each time. llama.cpp chooses its kernels by the
     * number of rows: flash attention has one for {@value CachedPrefix#MANY_ROWS} and more,
     * repacked weights have one for blocks of {@value CachedPrefix#BLOCK_ROWS} and another for the
     * rows left over. So the last tokens are computed again, as many as have the kernels of a cold
     * run. Decoded cells are kept, and micro-batches begin behind them.
     */
    REPEATABLE,

    /**
     * So much that logits are those of a cold run bit for bit, without flash attention and repacked
     * weights. They are if every reused cell was prefilled, not decoded, and no token is computed
     * alone that a cold run would have computed among others, or the reverse. A cold run computes
     * in micro-batches that begin at multiples of their size; so prefill goes on in the same ones,
     * and a reuse that would leave one token alone in its micro-batch gives up a cell more.
     */
    REPRODUCIBLE
  }

  /** ggml-cpu's GGML_FA_TILE_Q. */
  static final int MANY_ROWS = 64;

  /** How many rows ggml-cpu's repack.cpp computes together. */
  static final int BLOCK_ROWS = 4;

  private final Reuse reuse;
  private final int microBatchSize;
  private int[] tokens = new int[256];
  private int length;
  // the cells from 0 on that this text alone would have made: none behind a context shift
  private int intact;
  // those of them that were prefilled among others
  private int prefilled;
  // those that were decoded, one by one
  private final BitSet decoded = new BitSet();

  /** An empty cache. */
  public CachedPrefix(Reuse reuse, int microBatchSize) {
    this.reuse = reuse;
    this.microBatchSize = microBatchSize;
  }

  /** How many cells are in use. */
  public int length() {
    return length;
  }

  /** How many tokens of the prompt need not be prefilled; the last one always must be. */
  public int reusable(int[] prompt) {
    int max = Math.min(prompt.length - 1, reuse == Reuse.REPRODUCIBLE ? prefilled : intact);
    int mismatch = Arrays.mismatch(tokens, 0, max, prompt, 0, max);
    int common = mismatch < 0 ? max : mismatch;
    return switch (reuse) {
      case COMMON -> common;
      case REPEATABLE -> repeatable(common, prompt.length);
      case REPRODUCIBLE -> withoutLoneTokens(common, prompt.length);
    };
  }

  /** The prompt's micro-batch goes on where its rows have the kernels of the whole of it. */
  private int repeatable(int common, int promptLength) {
    int start = prefillStart(common);
    int firstDecoded = decoded.nextSetBit(start);
    int end = firstDecoded < 0 ? length : firstDecoded;
    int usable = Math.min(common, computedAmongMany(start, end));
    int begin = usable - (usable - start) % microBatchSize;
    int rows = Math.min(begin + microBatchSize, promptLength) - begin;
    if (rows < MANY_ROWS) {
      return begin;
    }
    int reused = Math.min(usable, begin + rows - MANY_ROWS);
    return reused - (reused - begin) % BLOCK_ROWS;
  }

  /** Where those of the prefilled cells end that a longer prompt would compute the same way. */
  private int computedAmongMany(int start, int end) {
    int rows = (end - start) % microBatchSize;
    return end - (rows < MANY_ROWS ? rows : rows % BLOCK_ROWS);
  }

  /** Where the micro-batches begin that a prefilled cell here is in: behind what was decoded. */
  private int prefillStart(int position) {
    return decoded.previousSetBit(position - 1) + 1;
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
    int intoMicroBatch =
        switch (reuse) {
          case COMMON -> 0;
          case REPEATABLE -> (from - prefillStart(from)) % microBatchSize;
          case REPRODUCIBLE -> from % microBatchSize;
        };
    int end =
        intoMicroBatch != 0
            ? from - intoMicroBatch + microBatchSize
            : from + batchSize - batchSize % microBatchSize;
    return Math.min(promptLength, end);
  }

  /** KvCells from this one on are gone. */
  public void truncate(int newLength) {
    length = Math.min(length, newLength);
    limitIntact(newLength);
    forgetDecoded(length);
  }

  /** The cells [from, to) are gone, and those behind have moved up. */
  public void shifted(int from, int to) {
    System.arraycopy(tokens, to, tokens, from, length - to);
    length -= to - from;
    limitIntact(from);
    decoded.set(from, length);
    forgetDecoded(length);
  }

  private void forgetDecoded(int from) {
    decoded.clear(from, Math.max(from, decoded.length()));
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
    decoded.set(length);
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
    decoded.clear();
    decoded.or(other.decoded);
    forgetDecoded(length);
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
    decoded.clear();
    decoded.set(newPrefilled, length);
  }
}
