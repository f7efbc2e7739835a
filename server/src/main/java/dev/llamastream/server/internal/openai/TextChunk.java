package dev.llamastream.server.internal.openai;

import dev.llamastream.Token;
import java.util.List;
import java.util.stream.Stream;

/**
 * A piece of text that can be sent, and its tokens.
 *
 * @param tokens empty unless token probabilities were requested
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
