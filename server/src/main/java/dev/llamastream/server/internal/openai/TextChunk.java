package dev.llamastream.server.internal.openai;

import dev.llamastream.Token;
import java.util.List;
import java.util.stream.Stream;

/**
 * Text that can be delivered, and the tokens that it came from.
 *
 * @param tokens none unless their probabilities are wanted
 */
record TextChunk(String text, List<Token> tokens) {

  boolean isEmpty() {
    return text.isEmpty() && tokens.isEmpty();
  }

  TextChunk followedBy(TextChunk next) {
    return isEmpty()
        ? next
        : new TextChunk(
            text + next.text, Stream.concat(tokens.stream(), next.tokens.stream()).toList());
  }
}
