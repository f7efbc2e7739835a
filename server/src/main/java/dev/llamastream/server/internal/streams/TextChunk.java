package dev.llamastream.server.internal.streams;

import dev.llamastream.Token;
import java.util.List;
import java.util.stream.Stream;

/**
 * A piece of text that can be sent, and its tokens.
 *
 * @param tokens empty unless they were collected
 */
public record TextChunk(String text, List<Token> tokens) {

  /** Whether there is nothing to send. */
  public boolean isEmpty() {
    return text.isEmpty() && tokens.isEmpty();
  }

  /** Both as one. */
  public TextChunk followedBy(TextChunk next) {
    return isEmpty()
        ? next
        : new TextChunk(
            text + next.text, Stream.concat(tokens.stream(), next.tokens.stream()).toList());
  }
}
