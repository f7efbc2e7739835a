package dev.llamastream.internal.generation;

import dev.llamastream.GenerationRequest;
import dev.llamastream.InvalidValueException;
import dev.llamastream.Prompt;
import dev.llamastream.PromptTooLongException;
import dev.llamastream.internal.ffm.Vocab;
import dev.llamastream.internal.prompt.CacheKey;
import dev.llamastream.internal.prompt.EncodedPrompt;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Converts a prompt to its token ids, and back. */
public final class PromptTokens {

  private PromptTokens() {}

  /**
   * The prompt's tokens, at least one, each of them in the vocabulary.
   *
   * @param key what its cells are computed with
   * @param timeout how long this may wait; zero for no limit
   * @throws PromptTooLongException if the prompt has more tokens than fit
   * @throws java.util.concurrent.CancellationException if the caller is interrupted or times out
   */
  public static EncodedPrompt of(
      Prompt prompt, CacheKey key, Vocab vocab, int room, Duration timeout) {
    int[] tokens =
        switch (prompt) {
          case Prompt.Text(String text) -> vocab.tokenize(text, true, room, timeout);
          case Prompt.Tokens(var ids) -> ids.stream().mapToInt(Integer::intValue).toArray();
        };
    if (tokens.length == 0) {
      throw new InvalidValueException(
          "prompt", "empty, must have at least 1 token: this model adds none of its own");
    }
    if (tokens.length > room) {
      throw new PromptTooLongException(tokens.length, room);
    }
    for (int token : tokens) {
      vocab.check("prompt", token);
    }
    return EncodedPrompt.ofTokens(key, tokens);
  }

  /** The text that a stream starts with: the prompt if the request echoes it. */
  public static String echo(GenerationRequest request, EncodedPrompt encoded, Vocab vocab) {
    if (!request.echo()) {
      return "";
    }
    return switch (request.prompt()) {
      // as the tokenizer saw it, with a question mark for an unpaired surrogate
      case Prompt.Text(String text) ->
          new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
      case Prompt.Tokens _ -> vocab.detokenize(encoded.tokens());
    };
  }
}
