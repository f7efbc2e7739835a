package dev.llamastream.internal.prompt;

import java.util.List;

/** A prompt as the model computes it: cell by cell. Immutable. */
public final class EncodedPrompt {

  private final EncodedText text;

  /** Creates a prompt of these segments, in order. */
  public EncodedPrompt(CacheKey key, List<Segment> segments) {
    text = new EncodedText(key, segments);
  }

  /** Creates a prompt of tokens only. The array must not change afterwards. */
  public static EncodedPrompt ofTokens(CacheKey key, int... ids) {
    return new EncodedPrompt(key, List.of(new TokenIds(ids)));
  }

  /** The first {@code length} cells of the prompt. */
  public EncodedPrompt first(int length) {
    return length == length() ? this : new EncodedPrompt(text.first(length));
  }

  private EncodedPrompt(EncodedText text) {
    this.text = text;
  }

  /** The key of what its cells are computed with. */
  public CacheKey key() {
    return text.key();
  }

  /** The number of cells. */
  public int length() {
    return text.length();
  }

  /** The token of a cell; {@link dev.llamastream.Token#NONE} for a cell without a token. */
  public int token(int index) {
    return text.token(index);
  }

  /** The position of a cell. After the last cell, the positions that would follow. */
  public int position(int index) {
    return text.position(index);
  }

  /** The tokens in order, without the cells that have none. */
  public int[] tokens() {
    return text.tokens();
  }

  /** The content, read-only; {@link EncodedText#copy()} gives a copy to change. */
  public EncodedText text() {
    return text;
  }
}
