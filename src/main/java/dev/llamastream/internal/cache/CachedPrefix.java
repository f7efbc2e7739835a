package dev.llamastream.internal.cache;

import dev.llamastream.internal.prompt.CacheKey;
import dev.llamastream.internal.prompt.EncodedText;
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
  private EncodedText cells;
  // the cells from 0 on that this text alone would have made: none behind a context shift
  private int intact;
  // those of them that were prefilled among others
  private int prefilled;
  // those that were decoded, one by one
  private final BitSet decoded = new BitSet();

  /** An empty cache, for prompts with this key. */
  public CachedPrefix(CacheKey key, Reuse reuse, int microBatchSize) {
    this.cells = new EncodedText(key);
    this.reuse = reuse;
    this.microBatchSize = microBatchSize;
  }

  /** How many cells are in use. */
  public int length() {
    return cells.length();
  }

  /** What they hold, to be read. */
  public EncodedText cells() {
    return cells;
  }

  /** How many tokens of the prompt need not be prefilled; the last one always must be. */
  public int reusable(EncodedText prompt) {
    int max = Math.min(prompt.length() - 1, reuse == Reuse.REPRODUCIBLE ? prefilled : intact);
    int common = cells.common(prompt, max);
    return switch (reuse) {
      case COMMON -> common;
      case REPEATABLE -> repeatable(common, prompt.length());
      case REPRODUCIBLE -> withoutLoneTokens(common, prompt.length());
    };
  }

  /** The prompt's micro-batch goes on where its rows have the kernels of the whole of it. */
  private int repeatable(int common, int promptLength) {
    int start = prefillStart(common);
    int firstDecoded = decoded.nextSetBit(start);
    int end = firstDecoded < 0 ? length() : firstDecoded;
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

  /** The cells from this one on are gone. */
  public void truncate(int newLength) {
    if (newLength < length()) {
      cells.truncate(newLength);
    }
    limitIntact(newLength);
    forgetDecoded(length());
  }

  /** The cells [from, to) are gone, and those behind have moved up. */
  public void shifted(int from, int to) {
    cells.remove(from, to);
    limitIntact(from);
    decoded.set(from, length());
    forgetDecoded(length());
  }

  private void forgetDecoded(int from) {
    decoded.clear(from, Math.max(from, decoded.length()));
  }

  private void limitIntact(int limit) {
    intact = Math.min(intact, limit);
    prefilled = Math.min(prefilled, limit);
  }

  /**
   * A part of a prompt was prefilled.
   *
   * @param text begins with the prompt
   * @param promptLength how many cells of it are the prompt's
   */
  public void prefilled(EncodedText text, int promptLength, int from, int to) {
    boolean unbroken = prefilled == length();
    if (length() == 0) {
      cells = new EncodedText(text.key());
    }
    intact += intact == length() ? to - from : 0;
    cells.append(text, from, to);
    if (unbroken) {
      prefilled = length() - (computedAlone(to, promptLength) ? 1 : 0);
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
    decoded.set(length());
    intact += intact == length() ? 1 : 0;
    cells.append(token);
  }

  /** Becomes the first so many cells of another. */
  public void copy(CachedPrefix other, int newLength) {
    cells = other.cells.first(newLength);
    intact = Math.min(newLength, other.intact);
    prefilled = Math.min(newLength, other.prefilled);
    decoded.clear();
    decoded.or(other.decoded);
    forgetDecoded(newLength);
  }

  /** Whether a prompt that finds a use for another finds as good a one for this. */
  public boolean beginsWith(CachedPrefix other) {
    return intact >= other.intact
        && prefilled >= other.prefilled
        && cells.key().equals(other.cells.key())
        && cells.common(other.cells, other.length()) == other.length();
  }

  /** How many cells a prompt may reuse: all, unless the cache was shifted. */
  public int intactLength() {
    return intact;
  }

  /** How many of them were prefilled. */
  public int prefilledLength() {
    return prefilled;
  }

  /** All cells were replaced by these, of which so many were prefilled. */
  public void replaced(EncodedText newCells, int newPrefilled) {
    cells = newCells.copy();
    intact = length();
    prefilled = newPrefilled;
    decoded.clear();
    decoded.set(newPrefilled, length());
  }
}
