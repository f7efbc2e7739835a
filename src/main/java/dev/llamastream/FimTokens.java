package dev.llamastream;

/**
 * The tokens with which a model is told to fill in the middle of a text. Each is {@link Token#NONE}
 * if the vocabulary has none.
 *
 * @param prefix stands in front of the text before the gap
 * @param suffix stands in front of the text after the gap
 * @param middle stands where the model begins to fill in
 * @param pad fills up a batch in training
 * @param repository stands in front of the name of a repository
 * @param separator stands in front of the name of a file
 * @since 0.1.0
 */
public record FimTokens(
    int prefix, int suffix, int middle, int pad, int repository, int separator) {

  /** Those of a vocabulary that has none. */
  public static final FimTokens NONE =
      new FimTokens(Token.NONE, Token.NONE, Token.NONE, Token.NONE, Token.NONE, Token.NONE);

  /** Whether the model can fill in: it has a prefix, a suffix and a middle. */
  public boolean canFillIn() {
    return prefix != Token.NONE && suffix != Token.NONE && middle != Token.NONE;
  }
}
