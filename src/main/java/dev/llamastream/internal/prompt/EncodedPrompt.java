package dev.llamastream.internal.prompt;

import java.util.List;

/** A prompt as the model computes it: cell by cell. Immutable. */
public final class EncodedPrompt {

  private final EncodedText text;

  /** A prompt of these segments, in order. */
  public EncodedPrompt(CacheKey key, List<Segment> segments) {
    text = new EncodedText(key, segments);
  }

  /** A prompt of tokens alone, in an array that nobody may change. */
  public static EncodedPrompt ofTokens(CacheKey key, int... ids) {
    return new EncodedPrompt(key, List.of(new TokenIds(ids)));
  }

  /** The first so many cells of it. */
  public EncodedPrompt first(int length) {
    return length == length() ? this : new EncodedPrompt(text.first(length));
  }

  private EncodedPrompt(EncodedText text) {
    this.text = text;
  }

  /** What its cells are computed with. */
  public CacheKey key() {
    return text.key();
  }

  /** How many cells it takes. */
  public int length() {
    return text.length();
  }

  /** The token of a cell; {@link dev.llamastream.Token#NONE} where it has none. */
  public int token(int index) {
    return text.token(index);
  }

  /** The position of a cell; behind the last one, of those that would follow. */
  public int position(int index) {
    return text.position(index);
  }

  /** The tokens in their order, without the cells that have none. */
  public int[] tokens() {
    return text.tokens();
  }

  /** To be read, or copied: {@link EncodedText#copy()}. */
  public EncodedText text() {
    return text;
  }
}
