package dev.llamastream;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a stream guesses tokens ahead, so that one decode verifies several. Immutable.
 *
 * <p>Each token is sampled from the model's logits, after the tokens before it, as without
 * speculation: with the same penalties, grammar and random numbers. A guess only decides whether
 * the logits of the next token are there already. So the text does not depend on the guesses. The
 * exception is what holds for all decodes of several tokens: llama.cpp may choose other kernels for
 * them, whose logits differ in the last bits. Two almost equally probable tokens can then change
 * places. The guesses depend on the text alone, never on time: the same request in the same {@link
 * Context} gives the same text each time. Reproducible mode refuses speculation.
 *
 * <p>A stream stops guessing where guesses do not come true. What they may cost is limited to a
 * hundredth of the decoding, and a few steps.
 *
 * <p>It has no effect on models that cannot forget single tokens (recurrent, hybrid, sliding
 * window), and on requests that score their prompt.
 *
 * @since 0.1.0
 */
public final class Speculation {

  private static final Speculation NONE = new Speculation("none", null);
  private static final Speculation PROMPT_LOOKUP = new Speculation("promptLookup", null);

  private final String name;
  private final @Nullable Model model;

  private Speculation(String name, @Nullable Model model) {
    this.name = name;
    this.model = model;
  }

  /** One token per decode. */
  public static Speculation none() {
    return NONE;
  }

  /**
   * Guesses that the text continues as it did after the same tokens before, in the prompt or in
   * what was generated. Fast where the answer repeats much of its prompt: corrections, extracts,
   * code changes. It needs no memory worth mentioning. Source: <a
   * href="https://github.com/apoorvumang/prompt-lookup-decoding">prompt lookup decoding</a>.
   */
  public static Speculation promptLookup() {
    return PROMPT_LOOKUP;
  }

  /**
   * Guesses what a smaller model of the same family would generate greedily. The context or engine
   * opens a KV cache on this model when a request first needs it, and closes it with itself. If the
   * model is closed earlier, no more guesses are made. Source: <a
   * href="https://arxiv.org/abs/2211.17192">Leviathan et al., Fast Inference from Transformers via
   * Speculative Decoding</a>; here a guess counts if it is the token that is sampled.
   *
   * @param model a model with the same vocabulary, as is checked with the first request; at most
   *     128 tokens at the end may be missing in one of them
   */
  public static Speculation draftModel(Model model) {
    return new Speculation("draftModel", requireNonNull(model, "model"));
  }

  /** Whether no tokens are guessed. */
  public boolean isNone() {
    return equals(NONE);
  }

  /** The model that guesses; empty if none does. */
  public Optional<Model> draftModel() {
    return Optional.ofNullable(model);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Speculation that && name.equals(that.name) && model == that.model;
  }

  @Override
  public int hashCode() {
    return name.hashCode() + System.identityHashCode(model);
  }

  @Override
  public String toString() {
    return name;
  }
}
