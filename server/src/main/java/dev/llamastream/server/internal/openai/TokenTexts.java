package dev.llamastream.server.internal.openai;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.llamastream.Tokenizer;
import java.util.ArrayList;
import java.util.List;

/** The texts of individual tokens. */
record TokenTexts(Tokenizer tokenizer) {

  /** OpenAI's value for a token of probability zero, because JSON has no infinity. */
  private static final float IMPOSSIBLE = -9999;

  /**
   * The text of one token.
   *
   * @param text the text, with U+FFFD for an incomplete character
   * @param bytes the bytes, unsigned
   */
  record Text(String text, List<Integer> bytes) {

    /** The number of characters that begin in this token. UTF-8 continuation bytes are 10xxxxxx. */
    int characters() {
      return (int) bytes.stream().filter(b -> (b & 0xC0) != 0x80).count();
    }
  }

  Text of(int token) {
    byte[] bytes = tokenizer.bytes(token);
    List<Integer> unsigned = new ArrayList<>();
    for (byte b : bytes) {
      unsigned.add(Byte.toUnsignedInt(b));
    }
    return new Text(new String(bytes, UTF_8), unsigned);
  }

  static float finite(float logprob) {
    return Math.max(logprob, IMPOSSIBLE);
  }
}
