package dev.llamastream.langchain4j;

import static java.util.Objects.requireNonNull;

import dev.langchain4j.model.chat.response.ChatResponseMetadata;
import dev.llamastream.StreamStats;
import org.jspecify.annotations.Nullable;

/**
 * LangChain4j's description of an answer, with llamastream's statistics. Immutable.
 *
 * @since 0.1.0
 */
public final class LlamaChatResponseMetadata extends ChatResponseMetadata {

  private final StreamStats stats;

  private LlamaChatResponseMetadata(Builder builder) {
    super(builder);
    stats = builder.stats;
  }

  /** A builder that sets nothing. */
  public static Builder builder() {
    return new Builder();
  }

  /** Speed, times, cached tokens, and more. */
  public StreamStats stats() {
    return stats;
  }

  @Override
  public Builder toBuilder() {
    return ((Builder) super.toBuilder(builder())).stats(stats);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return super.equals(other)
        && other instanceof LlamaChatResponseMetadata that
        && stats.equals(that.stats);
  }

  @Override
  public int hashCode() {
    return 31 * super.hashCode() + stats.hashCode();
  }

  @Override
  public String toString() {
    return "LlamaChatResponseMetadata[" + super.toString() + ", stats=" + stats + "]";
  }

  /** Builds {@link LlamaChatResponseMetadata}. Not thread-safe. */
  public static final class Builder extends ChatResponseMetadata.Builder<Builder> {
    private StreamStats stats = StreamStats.builder().build();

    private Builder() {}

    /** See {@link LlamaChatResponseMetadata#stats()}. */
    public Builder stats(StreamStats value) {
      stats = requireNonNull(value, "stats");
      return this;
    }

    @Override
    public LlamaChatResponseMetadata build() {
      return new LlamaChatResponseMetadata(this);
    }
  }
}
