package dev.llamastream;

/**
 * A model's tokenizer. Thread-safe. Usable as long as its model is open; after that, calls throw
 * {@link IllegalStateException}.
 *
 * @since 0.1.0
 */
public interface Tokenizer {

  /** Encodes a prompt: {@code encode(text, true, true)}. */
  default int[] encode(String text) {
    return encode(text, true, true);
  }

  /**
   * Turns text into token ids. An unpaired surrogate becomes a question mark, as in {@link
   * String#getBytes(java.nio.charset.Charset)}.
   *
   * @param addSpecial whether to add the tokens that the model wants at the start (and end) of a
   *     sequence
   * @param parseSpecial whether to recognise special tokens written in the text, such as {@code
   *     <|im_start|>}; false for untrusted text
   * @throws GenerationException if the vocabulary has no token for some byte of the text, which
   *     happens only with a damaged vocabulary
   * @throws java.util.concurrent.CancellationException if the thread is interrupted (its interrupt
   *     status stays set): a text of a megabyte may take seconds
   */
  int[] encode(String text, boolean addSpecial, boolean parseSpecial);

  /**
   * Turns token ids into text. Special tokens give no text; bytes that are not UTF-8 give U+FFFD.
   *
   * @throws IllegalArgumentException if an id is not in [0, vocabulary size)
   */
  String decode(int[] tokens);

  /**
   * The bytes that a token adds to a text, which may be part of a character. Special tokens have
   * none. {@link #decode} may drop a space before the first token; this method keeps it.
   *
   * @throws IllegalArgumentException if the id is not in [0, vocabulary size)
   */
  byte[] bytes(int token);

  /**
   * The bytes of a token as it is written in a prompt: like {@link #bytes}, but a special token has
   * its name, for instance {@code <|im_start|>}. By default the same as {@link #bytes}.
   *
   * @throws IllegalArgumentException if the id is not in [0, vocabulary size)
   */
  default byte[] piece(int token) {
    return bytes(token);
  }

  /** The tokens with which the model is told to fill in the middle of a text. */
  default FimTokens fimTokens() {
    return FimTokens.NONE;
  }

  /**
   * Makes the prompt of a model that fills in the middle, in the order prefix, suffix, middle. It
   * begins with the token that the model wants at the start of a sequence, if any.
   *
   * @param before the tokens of the text before the gap, encoded without special tokens
   * @param after the tokens of the text after the gap, encoded without special tokens
   * @throws IllegalArgumentException if an id is not in [0, vocabulary size)
   * @throws UnsupportedOperationException if the model has no tokens for it: {@link
   *     FimTokens#canFillIn()}
   */
  default int[] fillInMiddle(int[] before, int[] after) {
    throw new UnsupportedOperationException("this model cannot fill in the middle of a text");
  }
}
