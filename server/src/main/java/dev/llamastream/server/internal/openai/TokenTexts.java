package dev.llamastream.server.internal.openai;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.llamastream.Tokenizer;
import java.util.ArrayList;
import java.util.List;

/** What tokens say on their own. */
record TokenTexts(Tokenizer tokenizer) {

  /** What OpenAI says of a token that is as good as impossible: JSON has no infinity. */
  private static final float IMPOSSIBLE = -9999;

  /**
   * What one says.
   *
   * @param text with U+FFFD for a part of a character
   * @param bytes unsigned
   */
  record Text(String text, List<Integer> bytes) {

    /** How many characters begin in it: what continues one is 10xxxxxx in UTF-8. */
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
