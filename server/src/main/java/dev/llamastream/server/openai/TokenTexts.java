package dev.llamastream.server.openai;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.llamastream.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What tokens say on their own. */
record TokenTexts(Tokenizer tokenizer) {

  /** What OpenAI says of a token that is as good as impossible: JSON has no infinity. */
  private static final float IMPOSSIBLE = -9999;

  String of(int token) {
    return tokenizer.decode(new int[] {token});
  }

  static float finite(float logprob) {
    return Math.max(logprob, IMPOSSIBLE);
  }

  /** Null where the token is a part of a character: its text does not tell which. */
  static @Nullable List<Integer> bytes(String text) {
    if (text.indexOf('\uFFFD') >= 0) {
      return null;
    }
    List<Integer> bytes = new ArrayList<>();
    for (byte b : text.getBytes(UTF_8)) {
      bytes.add(Byte.toUnsignedInt(b));
    }
    return bytes;
  }
}
