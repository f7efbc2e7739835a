package dev.llamastream.server.internal.ollama;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamastream.Token;
import dev.llamastream.server.internal.json.ApiError;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The token ids of a conversation, which a client sends back as {@code context} to continue. */
final class ContextTokens {

  /** For answers that have none. */
  static final ContextTokens NONE = new ContextTokens(null);

  private final @Nullable Supplier<int[]> prompt;
  private final List<Integer> answer = new ArrayList<>();

  private ContextTokens(@Nullable Supplier<int[]> prompt) {
    this.prompt = prompt;
  }

  /** A conversation so far, and the ids of a new message, computed when they are needed. */
  static ContextTokens after(List<Integer> before, Supplier<int[]> message) {
    return new ContextTokens(
        () ->
            IntStream.concat(
                    before.stream().mapToInt(Integer::intValue), IntStream.of(message.get()))
                .toArray());
  }

  /** All ids before the answer. */
  int[] prompt() {
    return prompt == null ? new int[0] : prompt.get();
  }

  /** Adds to the answer. */
  void add(List<Token> tokens) {
    if (prompt != null) {
      tokens.forEach(token -> answer.add(token.id()));
    }
  }

  /** Writes all ids, unless the template does not show which they are. */
  void put(ObjectNode line) {
    if (prompt == null) {
      return;
    }
    int[] before;
    try {
      before = prompt();
    } catch (ApiError e) {
      return; // an answer without a context is better than no answer
    }
    ArrayNode ids = line.putArray("context");
    IntStream.of(before).forEach(ids::add);
    answer.forEach(ids::add);
  }
}
