package dev.llamastream.internal.ffm;

/**
 * How few tokens a text can have, told without tokenizing it: no token stands for more bytes than
 * the longest one. Thread-safe.
 */
final class FewestTokens {

  private final Vocab vocab;

  /** Whether all of a text but its white space is in its tokens. */
  private final boolean known;

  private volatile int longest;

  /**
   * Measures nothing yet.
   *
   * @param tokenizer the file's {@code tokenizer.ggml.model}
   */
  FewestTokens(Vocab vocab, String tokenizer) {
    this.vocab = vocab;
    // others leave out what they do not know, or write it otherwise
    known = tokenizer.equals("gpt2") || tokenizer.equals("llama");
  }

  /** So many tokens the text has, or more; 0 where there is no telling. */
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

  /** Some special tokens swallow the white space around them. */
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
