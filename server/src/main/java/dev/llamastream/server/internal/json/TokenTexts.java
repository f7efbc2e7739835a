package dev.llamastream.server.internal.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.llamastream.Tokenizer;
import java.util.ArrayList;
import java.util.List;

/** The texts of individual tokens. */
public record TokenTexts(Tokenizer tokenizer) {

  /** OpenAI's value for a token of probability zero, because JSON has no infinity. */
  private static final float IMPOSSIBLE = -9999;

  /**
   * The text of one token.
   *
   * @param text the text, with U+FFFD for an incomplete character
   * @param bytes the bytes, unsigned
   */
  public record Text(String text, List<Integer> bytes) {

    /** The number of characters that begin in this token. UTF-8 continuation bytes are 10xxxxxx. */
    public int characters() {
      return (int) bytes.stream().filter(b -> (b & 0xC0) != 0x80).count();
    }
  }

  /** The text of a token. */
  public Text of(int token) {
    byte[] bytes = tokenizer.bytes(token);
    List<Integer> unsigned = new ArrayList<>();
    for (byte b : bytes) {
      unsigned.add(Byte.toUnsignedInt(b));
    }
    return new Text(new String(bytes, UTF_8), unsigned);
  }

  /** A log probability that JSON can say. */
  public static float finite(float logprob) {
    return Math.max(logprob, IMPOSSIBLE);
  }
}
