package dev.llamastream.internal.streams;

import dev.llamastream.FinishReason;
import dev.llamastream.GenerationRequest;
import dev.llamastream.Token;
import dev.llamastream.TokenLogprob;
import dev.llamastream.internal.ffm.ContextHandle;
import dev.llamastream.internal.ffm.SamplerHandle;
import dev.llamastream.internal.generation.Generation;
import java.util.List;

/**
 * The token that a driver sampled last for its stream. The object is reused, so that a caller who
 * needs only text allocates nothing per token. For one thread at a time.
 */
public final class SampledToken {

  private final GenerationRequest request;
  private final Generation generation;
  private int id;
  private float logprob;
  private List<TokenLogprob> topLogprobs = List.of();

  /** Creates an instance for a stream that has no token yet. */
  public SampledToken(GenerationRequest request, Generation generation) {
    this.request = request;
    this.generation = generation;
    clear();
  }

  /** Clears the token: an end without a token follows. */
  public void clear() {
    id = Token.NONE;
    logprob = Float.NaN;
    topLogprobs = List.of();
  }

  /**
   * Samples from an output row of the last batch, and passes the token to the generation.
   *
   * @param sampler has seen the prompt
   * @param startNanos when the decode of the token began
   * @return the text that can be delivered now; may be empty
   */
  public String next(SamplerHandle sampler, ContextHandle context, int row, long startNanos) {
    clear();
    if (generation.wantsNone()) {
      return generation.interrupt(FinishReason.MAX_TOKENS);
    }
    int scored = generation.promptToken();
    int token = scored == Token.NONE ? sampler.sample(context, row) : scored;
    if (request.logprobs()) {
      logprob = context.logprob(row, token);
    }
    if (request.topLogprobs() > 0) {
      topLogprobs = context.topLogprobs(row, request.topLogprobs());
    }
    id = token;
    return generation.accept(token, System.nanoTime() - startNanos, context.threads());
  }

  /** The token's number in the vocabulary; {@link Token#NONE} if there is no token. */
  public int id() {
    return id;
  }

  /**
   * The token, or the end that is not a token, with this text. It is the last if the generation is
   * over. Call it before the next token is sampled.
   */
  public Token with(String text) {
    int position = generation.position() - (id == Token.NONE ? 0 : 1);
    return Token.of(id, text, position, logprob, topLogprobs, generation.finished());
  }
}
