package dev.llamastream.internal.cache;

import dev.llamastream.internal.prompt.CacheKey;
import dev.llamastream.internal.prompt.EncodedText;
import java.util.BitSet;

/** Records which tokens the KV cache holds, and decides how many of them a new prompt may reuse. */
public final class CachedPrefix {

  /** How much of a common prefix is reused. */
  public enum Reuse {
    /** All of it. Logits may differ from a cold run's in the last bits. */
    COMMON,

    /**
     * As much as still gives a prompt the same bits each time. llama.cpp chooses its kernels by the
     * number of rows. Flash attention has one kernel for {@value CachedPrefix#MANY_ROWS} rows and
     * more. Repacked weights have one for blocks of {@value CachedPrefix#BLOCK_ROWS} and another
     * for the remaining rows. So the last tokens are computed again, as many as it takes to get the
     * kernels of a cold run. Decoded cells are kept, and micro-batches begin after them.
     */
    REPEATABLE,

    /**
     * As much as keeps logits bit-identical to a cold run's, without flash attention and repacked
     * weights. This requires two things. Every reused cell was prefilled, not decoded. No token is
     * computed alone that a cold run computes among others, or the reverse. A cold run computes in
     * micro-batches that begin at multiples of their size, so prefill continues in the same
     * micro-batches. A reuse that would leave one token alone in its micro-batch gives up one more
     * cell.
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
  // the cells from 0 on that this text alone would have produced: none after a context shift
  private int intact;
  // how many of those were prefilled among others
  private int prefilled;
  // those that were decoded one by one
  private final BitSet decoded = new BitSet();

  /** Creates an empty cache for prompts with this key. */
  public CachedPrefix(CacheKey key, Reuse reuse, int microBatchSize) {
    this.cells = new EncodedText(key);
    this.reuse = reuse;
    this.microBatchSize = microBatchSize;
  }

  /** The number of cells in use. */
  public int length() {
    return cells.length();
  }

  /** The content of the cells; read-only. */
  public EncodedText cells() {
    return cells;
  }

  /** How many tokens of the prompt need no prefill. The last token always needs it. */
  public int reusable(EncodedText prompt) {
    int max = Math.min(prompt.length() - 1, reuse == Reuse.REPRODUCIBLE ? prefilled : intact);
    int common = cells.common(prompt, max);
    return switch (reuse) {
      case COMMON -> common;
      case REPEATABLE -> repeatable(common, prompt.length());
      case REPRODUCIBLE -> withoutLoneTokens(common, prompt.length());
    };
  }

  /**
   * Where the prompt's micro-batch continues so that its rows get the kernels of the whole
   * micro-batch.
   */
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

  /** The end of the prefilled cells that a longer prompt would compute the same way. */
  private int computedAmongMany(int start, int end) {
    int rows = (end - start) % microBatchSize;
    return end - (rows < MANY_ROWS ? rows : rows % BLOCK_ROWS);
  }

  /** Where the micro-batches of a prefilled cell here begin: after the last decoded cell. */
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

  /** The end of the prefill chunk that begins here. */
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

  /** Removes the cells from this one on. */
  public void truncate(int newLength) {
    if (newLength < length()) {
      cells.truncate(newLength);
    }
    limitIntact(newLength);
    forgetDecoded(length());
  }

  /** Removes the cells [from, to) and moves the later ones up. */
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
   * Records that a part of a prompt was prefilled.
   *
   * @param text begins with the prompt
   * @param promptLength how many cells of the text belong to the prompt
   */
  public void prefilled(EncodedText text, int promptLength, int from, int to) {
    boolean unbroken = prefilled == length();
    if (length() == 0 && !cells.key().equals(text.key())) {
      cells = new EncodedText(text.key());
    }
    intact += intact == length() ? to - from : 0;
    cells.append(text, from, to);
    if (unbroken) {
      prefilled = length() - (computedAlone(to, promptLength) ? 1 : 0);
    }
  }

  /**
   * Whether the prompt's last token had a micro-batch to itself, which it would not have in a
   * longer prompt.
   */
  private boolean computedAlone(int to, int promptLength) {
    return to == promptLength && microBatchSize > 1 && to % microBatchSize == 1;
  }

  /** Records that one token was decoded. */
  public void decoded(int token) {
    decoded.set(length());
    intact += intact == length() ? 1 : 0;
    cells.append(token);
  }

  /** Becomes a copy of the first {@code newLength} cells of another cache. */
  public void copy(CachedPrefix other, int newLength) {
    cells = other.cells.first(newLength);
    intact = Math.min(newLength, other.intact);
    prefilled = Math.min(newLength, other.prefilled);
    decoded.clear();
    decoded.or(other.decoded);
    forgetDecoded(newLength);
  }

  /** Whether a prompt that can reuse the other can reuse this one equally well. */
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

  /** How many of the reusable cells were prefilled. */
  public int prefilledLength() {
    return prefilled;
  }

  /** Replaces all cells with these, of which the first {@code newPrefilled} were prefilled. */
  public void replaced(EncodedText newCells, int newPrefilled) {
    cells = newCells.copy();
    intact = length();
    prefilled = newPrefilled;
    decoded.clear();
    decoded.set(newPrefilled, length());
  }
}
