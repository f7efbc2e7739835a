package dev.llamastream;

/**
 * A model's tokenizer. Thread-safe. Usable as long as its model is open ({@link
 * IllegalStateException} after that).
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
   * @param addSpecial add the tokens that the model wants at the start (and end) of a sequence
   * @param parseSpecial recognise special tokens written in the text, such as {@code <|im_start|>};
   *     false for text that is not to be trusted
   * @throws GenerationException if the vocabulary has no token for some byte of the text, which
   *     only a damaged one has not
   * @throws java.util.concurrent.CancellationException if the thread is interrupted, which it
   *     stays: a text of a megabyte may take seconds
   */
  int[] encode(String text, boolean addSpecial, boolean parseSpecial);

  /**
   * Turns token ids into text. Special tokens give no text; bytes that are not UTF-8 give U+FFFD.
   *
   * @throws IllegalArgumentException if an id is not in [0, vocabulary size)
   */
  String decode(int[] tokens);

  /**
   * The bytes that a token adds to a text, which may be a part of a character. Special tokens have
   * none. {@link #decode} may leave out a space in front of the first token; this does not.
   *
   * @throws IllegalArgumentException if the id is not in [0, vocabulary size)
   */
  byte[] bytes(int token);
}
