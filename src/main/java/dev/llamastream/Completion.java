package dev.llamastream;

import static java.util.Objects.requireNonNull;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The complete result of a generation, from {@link Generator#complete(GenerationRequest)}.
 * Immutable.
 *
 * @since 0.1.0
 */
public final class Completion {

  private final Values values;

  private Completion(Values values) {
    this.values = values;
  }

  /** A builder that starts from an empty text and {@link FinishReason#END_OF_TEXT}. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * The generated text, after the prompt if the request echoes it. A generation that was cut short
   * returns its text so far.
   */
  public String text() {
    return values.text();
  }

  /** Why the generation ended. */
  public FinishReason finishReason() {
    return values.finishReason();
  }

  /** The statistics at the end of the generation. */
  public StreamStats stats() {
    return values.stats();
  }

  /**
   * The tokens as {@link TokenStream#tokens()} gives them, including an end that is no token. Empty
   * unless {@link GenerationRequest#collectTokens()} asked for them. Unmodifiable.
   */
  public List<Token> tokens() {
    return values.tokens();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Completion that && values.equals(that.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  @Override
  public String toString() {
    return values.toString().replaceFirst("Values", "Completion");
  }

  private record Values(
      String text, FinishReason finishReason, StreamStats stats, List<Token> tokens) {
    private Values {
      requireNonNull(text, "text");
      requireNonNull(finishReason, "finishReason");
      requireNonNull(stats, "stats");
      tokens = List.copyOf(tokens);
    }
  }

  /** Builds {@link Completion}. Not thread-safe. */
  public static final class Builder {
    private String text = "";
    private FinishReason finishReason = FinishReason.END_OF_TEXT;
    private StreamStats stats = StreamStats.builder().build();
    private List<Token> tokens = List.of();

    private Builder() {}

    /** See {@link Completion#text()}. */
    public Builder text(String value) {
      text = value;
      return this;
    }

    /** See {@link Completion#finishReason()}. */
    public Builder finishReason(FinishReason value) {
      finishReason = value;
      return this;
    }

    /** See {@link Completion#stats()}. */
    public Builder stats(StreamStats value) {
      stats = value;
      return this;
    }

    /** See {@link Completion#tokens()}. */
    public Builder tokens(List<Token> value) {
      tokens = value;
      return this;
    }

    /** Builds the completion. */
    public Completion build() {
      return new Completion(new Values(text, finishReason, stats, tokens));
    }
  }
}
