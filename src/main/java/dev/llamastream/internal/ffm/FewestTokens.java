package dev.llamastream.internal.ffm;

/**
 * Computes a lower bound of a text's tokens without tokenizing it: no token covers more bytes than
 * the longest one. Thread-safe.
 */
final class FewestTokens {

  private final Vocab vocab;

  /** Whether the tokens cover all of a text except its white space. */
  private final boolean known;

  private volatile int longest;

  /**
   * Creates an instance; it measures the vocabulary later.
   *
   * @param tokenizer the file's {@code tokenizer.ggml.model}
   */
  FewestTokens(Vocab vocab, String tokenizer) {
    this.vocab = vocab;
    // other tokenizers drop unknown characters, or write them differently
    known = tokenizer.equals("gpt2") || tokenizer.equals("llama");
  }

  /** The text has at least this many tokens; 0 if unknown. */
  int of(String text) {
    return known ? (int) (solidBytes(text) / longest()) : 0;
  }

  private int longest() {
    if (longest == 0) {
      int most = 1;
      for (int token = 0; token < vocab.size(); token++) {
        most = Math.max(most, (int) solidBytes(vocab.name(token)));
      }
      longest = most;
    }
    return longest;
  }

  /**
   * Counts bytes that are not white space: some special tokens swallow the white space around them.
   */
  private static long solidBytes(String text) {
    long bytes = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        bytes += c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
      } else if (c != ' ' && (c < '\t' || c > '\r')) {
        bytes++;
      }
    }
    return bytes;
  }
}
