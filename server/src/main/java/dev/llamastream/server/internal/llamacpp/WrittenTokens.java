package dev.llamastream.server.internal.llamacpp;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.llamastream.Prompt;
import dev.llamastream.Tokenizer;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;

/** Tokens as they are written in prompts, special ones included. */
final class WrittenTokens {

  private WrittenTokens() {}

  /** The text of tokens. Bytes that are not UTF-8 give U+FFFD. */
  static String of(Iterable<Integer> tokens, Tokenizer tokenizer) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    tokens.forEach(token -> bytes.writeBytes(tokenizer.piece(token)));
    return bytes.toString(UTF_8);
  }

  /** The text of a prompt, with what the tokenizer adds at its beginning. */
  static String of(Prompt prompt, Tokenizer tokenizer) {
    return switch (prompt) {
      case Prompt.Text(String text) -> {
        List<Integer> added = Arrays.stream(tokenizer.encode("")).boxed().toList();
        yield of(added, tokenizer) + text;
      }
      case Prompt.Tokens(List<Integer> ids) -> of(ids, tokenizer);
    };
  }
}
