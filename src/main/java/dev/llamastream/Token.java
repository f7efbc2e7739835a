package dev.llamastream;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One step of a stream. Immutable.
 *
 * @since 0.1.0
 */
public final class Token {

  /** The id of a stream's end that is not a token. */
  public static final int NONE = -1;

  // plain fields, without a holder object: each stream allocates one Token per token
  private final int id;
  private final String text;
  private final int position;
  private final float logprob;
  private final List<TokenLogprob> topLogprobs;
  private final boolean last;

  private Token(
      int id,
      String text,
      int position,
      float logprob,
      List<TokenLogprob> topLogprobs,
      boolean last) {
    this.id = id;
    this.text = requireNonNull(text, "text");
    this.position = position;
    this.logprob = logprob;
    this.topLogprobs = List.copyOf(topLogprobs);
    this.last = last;
  }

  /**
   * Creates a token from its values. The library calls this once per token: a builder would double
   * the heap that a token takes. Other code needs it only for tests. Values added in later versions
   * will get defaults here.
   *
   * @param id as {@link #id()}
   * @param text as {@link #text()}
   * @param position as {@link #position()}
   * @param logprob as {@link #logprob()}
   * @param topLogprobs as {@link #topLogprobs()}; copied
   * @param last as {@link #last()}
   */
  public static Token of(
      int id,
      String text,
      int position,
      float logprob,
      List<TokenLogprob> topLogprobs,
      boolean last) {
    return new Token(id, text, position, logprob, topLogprobs, last);
  }

  /**
   * The token's number in the vocabulary. {@link #NONE} for the end of a stream that ended without
   * a token (cancelled, timed out).
   */
  public int id() {
    return id;
  }

  /**
   * The text that became deliverable with this token. Empty while a character is incomplete, or
   * while the text may be the beginning of a stop sequence.
   */
  public String text() {
    return text;
  }

  /** The token's position in the sequence; the prompt's first token has position 0. */
  public int position() {
    return position;
  }

  /**
   * The natural logarithm of the token's probability under the model, before any sampler. NaN
   * unless {@link GenerationRequest#logprobs()} asked for it.
   */
  public float logprob() {
    return logprob;
  }

  /**
   * The {@link GenerationRequest#topLogprobs()} most probable tokens at this place by the same
   * measure, best first. Empty unless asked for. Unmodifiable.
   */
  public List<TokenLogprob> topLogprobs() {
    return topLogprobs;
  }

  /** Whether this is the stream's last token; true exactly once. */
  public boolean last() {
    return last;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Token that
        && id == that.id
        && text.equals(that.text)
        && position == that.position
        && Float.compare(logprob, that.logprob) == 0
        && topLogprobs.equals(that.topLogprobs)
        && last == that.last;
  }

  @Override
  public int hashCode() {
    return Objects.hash(id, text, position, logprob, topLogprobs, last);
  }

  @Override
  public String toString() {
    return "Token[id="
        + id
        + ", text="
        + text
        + ", position="
        + position
        + ", logprob="
        + logprob
        + ", topLogprobs="
        + topLogprobs
        + ", last="
        + last
        + "]";
  }
}
