package dev.llamastream;

import java.util.List;

/**
 * One step of a stream.
 *
 * @param id the token's number in the vocabulary, or {@link #NONE} for the end of a stream that no
 *     token ended (cancelled, timed out)
 * @param text the text that became deliverable with this token: empty while a character is
 *     incomplete or a stop sequence may be beginning
 * @param position the token's position in the sequence; the prompt's first token has position 0
 * @param logprob the natural logarithm of the token's probability under the model, before any
 *     sampler; NaN unless {@link GenerationRequest#logprobs()} asked for it
 * @param topLogprobs the most probable tokens at this place by the same measure, best first, {@link
 *     GenerationRequest#topLogprobs()} of them; empty unless asked for
 * @param last whether this is the stream's last token; true exactly once
 */
public record Token(
    int id,
    String text,
    int position,
    float logprob,
    List<TokenLogprob> topLogprobs,
    boolean last) {
  /** Copies the list. */
  public Token {
    topLogprobs = List.copyOf(topLogprobs);
  }

  /** The id of an end that is no token. */
  public static final int NONE = -1;
}
