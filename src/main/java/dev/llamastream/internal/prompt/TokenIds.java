package dev.llamastream.internal.prompt;

/** Token ids, with a cell and a position each. A prompt may reuse a part of them. */
public final class TokenIds implements Segment {

  private final int[] ids;

  /** Keeps the array, which must not change afterwards. */
  public TokenIds(int[] ids) {
    this.ids = ids;
  }

  int[] ids() {
    return ids;
  }

  @Override
  public int length() {
    return ids.length;
  }

  @Override
  public int positions() {
    return ids.length;
  }
}
