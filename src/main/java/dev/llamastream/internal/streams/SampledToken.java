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
 * What a driver sampled last for its stream. It is filled again for each token, so that a token
 * costs no object of its own where only its text is wanted. For one thread at a time.
 */
public final class SampledToken {

  private final GenerationRequest request;
  private final Generation generation;
  private int id;
  private float logprob;
  private List<TokenLogprob> topLogprobs = List.of();

  /** Of a stream that has no token yet. */
  public SampledToken(GenerationRequest request, Generation generation) {
    this.request = request;
    this.generation = generation;
    clear();
  }

  /** There is none: what comes next is an end without a token. */
  public void clear() {
    id = Token.NONE;
    logprob = Float.NaN;
    topLogprobs = List.of();
  }

  /**
   * Samples from an output row of the last batch, and gives the token to the generation.
   *
   * @param sampler has seen the prompt
   * @param startNanos when its decode began
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
    return generation.accept(token, System.nanoTime() - startNanos);
  }

  /** Its number in the vocabulary; {@link Token#NONE} if there is none. */
  public int id() {
    return id;
  }

  /**
   * It, or the end that is no token, with this text: the last if the generation is over. To be
   * asked before the next one comes.
   */
  public Token with(String text) {
    int position = generation.position() - (id == Token.NONE ? 0 : 1);
    return Token.of(id, text, position, logprob, topLogprobs, generation.finished());
  }
}
