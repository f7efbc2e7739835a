package dev.llamastream.chat;

import static java.util.Objects.requireNonNull;

import dev.llamastream.FinishReason;
import dev.llamastream.StreamStats;
import dev.llamastream.Token;
import dev.llamastream.internal.Check;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A whole answer. Immutable.
 *
 * @since 0.1.0
 */
public final class ChatAnswer {

  private final Values values;

  private ChatAnswer(Values values) {
    this.values = values;
  }

  /** A builder that starts from an empty answer and {@link FinishReason#END_OF_TEXT}. */
  public static Builder builder() {
    return new Builder();
  }

  /** The text, without thinking and tool calls. */
  public String text() {
    return values.text();
  }

  /** What the model thought before it answered; empty if it did not. */
  public String thinking() {
    return values.thinking();
  }

  /** How many tokens the thinking has. */
  public int thinkingTokens() {
    return values.thinkingTokens();
  }

  /** The tools to call, in the model's order. */
  public List<ToolCall> toolCalls() {
    return values.toolCalls();
  }

  /** Why the answer ended. */
  public FinishReason finishReason() {
    return values.finishReason();
  }

  /** The statistics at the end. */
  public StreamStats stats() {
    return values.stats();
  }

  /** The tokens, if {@link ChatRequest#collectTokens()} asked for them. */
  public List<Token> tokens() {
    return values.tokens();
  }

  /** The answer as a message for the next request. */
  public ChatMessage toMessage() {
    return ChatMessage.builder(ChatMessage.Role.ASSISTANT)
        .content(text().isEmpty() ? List.of() : List.of(new ContentPart.Text(text())))
        .thinking(thinking())
        .toolCalls(toolCalls())
        .build();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ChatAnswer that && values.equals(that.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  @Override
  public String toString() {
    return values.toString().replaceFirst("Values", "ChatAnswer");
  }

  private record Values(
      String text,
      String thinking,
      int thinkingTokens,
      List<ToolCall> toolCalls,
      FinishReason finishReason,
      StreamStats stats,
      List<Token> tokens) {
    private Values {
      requireNonNull(text, "text");
      requireNonNull(thinking, "thinking");
      toolCalls = Check.listOf("toolCalls", toolCalls);
      requireNonNull(finishReason, "finishReason");
      requireNonNull(stats, "stats");
      tokens = Check.listOf("tokens", tokens);
    }
  }

  /** Builds {@link ChatAnswer}. Not thread-safe. */
  public static final class Builder {
    private String text = "";
    private String thinking = "";
    private int thinkingTokens;
    private List<ToolCall> toolCalls = List.of();
    private FinishReason finishReason = FinishReason.END_OF_TEXT;
    private StreamStats stats = StreamStats.builder().build();
    private List<Token> tokens = List.of();

    private Builder() {}

    /** See {@link ChatAnswer#text()}. */
    public Builder text(String value) {
      text = value;
      return this;
    }

    /** See {@link ChatAnswer#thinking()}. */
    public Builder thinking(String value) {
      thinking = value;
      return this;
    }

    /** See {@link ChatAnswer#thinkingTokens()}. */
    public Builder thinkingTokens(int value) {
      thinkingTokens = value;
      return this;
    }

    /** See {@link ChatAnswer#toolCalls()}. */
    public Builder toolCalls(List<ToolCall> value) {
      toolCalls = value;
      return this;
    }

    /** See {@link ChatAnswer#finishReason()}. */
    public Builder finishReason(FinishReason value) {
      finishReason = value;
      return this;
    }

    /** See {@link ChatAnswer#stats()}. */
    public Builder stats(StreamStats value) {
      stats = value;
      return this;
    }

    /** See {@link ChatAnswer#tokens()}. */
    public Builder tokens(List<Token> value) {
      tokens = value;
      return this;
    }

    /** Builds the answer. */
    public ChatAnswer build() {
      return new ChatAnswer(
          new Values(text, thinking, thinkingTokens, toolCalls, finishReason, stats, tokens));
    }
  }
}
