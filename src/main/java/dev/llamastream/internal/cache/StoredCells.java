package dev.llamastream.internal.cache;

import dev.llamastream.internal.prompt.EncodedText;

/**
 * The cells of a sequence whose keys and values are kept outside of the KV cache, and can be loaded
 * into it.
 *
 * @param text their content; read-only
 * @param prefilled how many of them, from the first on, were prefilled
 */
public record StoredCells(EncodedText text, int prefilled) {

  /** The minimum length of a text worth storing, and the minimum gain worth loading. */
  public static final int FEWEST = 64;

  // of all cells: all of them are copied, only the gain is not computed
  private static final int SHARE = 8;

  /** The number of cells. */
  public int length() {
    return text.length();
  }

  /**
   * Whether loading all cells is better than computing.
   *
   * @param usable how many of them the prompt can use
   * @param known how many the prompt has without them
   */
  public boolean worthLoading(int usable, int known) {
    return usable - known >= FEWEST && usable - known >= length() / SHARE;
  }

  /**
   * Whether the cells are worth storing.
   *
   * @param known how many of them are stored already
   */
  public boolean worthStoring(int known) {
    return worthLoading(length(), known);
  }

  /** Whether these cells replace the others: they begin with them. */
  public boolean beginsWith(StoredCells other) {
    return prefilled >= other.prefilled
        && text.common(other.text, other.length()) == other.length();
  }
}
