package dev.llamastream.chat;

import static java.util.Objects.requireNonNull;

import dev.llamastream.InvalidValueException;
import dev.llamastream.internal.Check;
import dev.llamastream.internal.TextCheck;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A message of a chat. Immutable.
 *
 * <p>Control tokens of the model that are written in a message stay text: see {@link
 * ChatRequest#trustSpecialTokens()}.
 *
 * @since 0.1.0
 */
public final class ChatMessage {

  /** The author of a message. */
  public enum Role {
    /** Whoever set up the assistant. */
    SYSTEM,
    /** What newer models call the system. Templates that do not know it get the system. */
    DEVELOPER,
    /** The person who asks. */
    USER,
    /** The model. */
    ASSISTANT,
    /** A tool, with the result of a call. */
    TOOL
  }

  private final Values values;

  private ChatMessage(Values values) {
    this.values = values;
  }

  /** Instructions to the model. */
  public static ChatMessage system(String text) {
    return builder(Role.SYSTEM).text(text).build();
  }

  /** Instructions to the model, as newer models call them. */
  public static ChatMessage developer(String text) {
    return builder(Role.DEVELOPER).text(text).build();
  }

  /** What a person says. */
  public static ChatMessage user(String text) {
    return builder(Role.USER).text(text).build();
  }

  /** What the model said. */
  public static ChatMessage assistant(String text) {
    return builder(Role.ASSISTANT).text(text).build();
  }

  /**
   * The result of a tool call.
   *
   * @param call what was called
   * @param result any text; models expect JSON or a sentence
   */
  public static ChatMessage toolResult(ToolCall call, String result) {
    return builder(Role.TOOL).toolCallId(call.id()).toolName(call.name()).text(result).build();
  }

  /** A builder for a message without content. */
  public static Builder builder(Role role) {
    return new Builder(role);
  }

  /** A builder that starts from these values. */
  public Builder toBuilder() {
    return new Builder(values.role())
        .content(values.content())
        .thinking(values.thinking())
        .toolCalls(values.toolCalls())
        .toolCallId(values.toolCallId())
        .toolName(values.toolName());
  }

  /** The author. */
  public Role role() {
    return values.role();
  }

  /** The content. Default none. */
  public List<ContentPart> content() {
    return values.content();
  }

  /** The texts of the content, one below the other. */
  public String text() {
    return values.content().stream()
        .map(part -> ((ContentPart.Text) part).text())
        .collect(Collectors.joining("\n"));
  }

  /** What the model thought before it answered. Default none. For assistants only. */
  public String thinking() {
    return values.thinking();
  }

  /** The tools that the model called. Default none. For assistants only. */
  public List<ToolCall> toolCalls() {
    return values.toolCalls();
  }

  /** The {@link ToolCall#id()} that this message answers. Default none. For tools only. */
  public String toolCallId() {
    return values.toolCallId();
  }

  /** The name of the tool that this message comes from. Default none. For tools only. */
  public String toolName() {
    return values.toolName();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ChatMessage that && values.equals(that.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  @Override
  public String toString() {
    return values.toString().replaceFirst("Values", "ChatMessage");
  }

  private record Values(
      Role role,
      List<ContentPart> content,
      String thinking,
      List<ToolCall> toolCalls,
      String toolCallId,
      String toolName) {

    private Values {
      requireNonNull(role, "role");
      content = Check.listOf("content", content);
      TextCheck.check("thinking", thinking);
      toolCalls = Check.listOf("toolCalls", toolCalls);
      TextCheck.check("toolCallId", toolCallId);
      TextCheck.check("toolName", toolName);
      if (role != Role.ASSISTANT) {
        refuse("thinking", !thinking.isEmpty(), Role.ASSISTANT, role);
        refuse("toolCalls", !toolCalls.isEmpty(), Role.ASSISTANT, role);
      }
      if (role != Role.TOOL) {
        refuse("toolCallId", !toolCallId.isEmpty(), Role.TOOL, role);
        refuse("toolName", !toolName.isEmpty(), Role.TOOL, role);
      }
    }

    private static void refuse(String field, boolean present, Role right, Role role) {
      if (present) {
        throw new InvalidValueException(
            field, "in a message of " + role + ", must be in one of " + right);
      }
    }
  }

  /** Builds {@link ChatMessage}. Not thread-safe. */
  public static final class Builder {
    private final Role role;
    private List<ContentPart> content = List.of();
    private String thinking = "";
    private List<ToolCall> toolCalls = List.of();
    private String toolCallId = "";
    private String toolName = "";

    private Builder(Role role) {
      this.role = role;
    }

    /** Adds a text to {@link ChatMessage#content()}. */
    public Builder text(String value) {
      List<ContentPart> parts = new ArrayList<>(content);
      parts.add(new ContentPart.Text(value));
      content = parts;
      return this;
    }

    /** See {@link ChatMessage#content()}. */
    public Builder content(List<ContentPart> value) {
      content = value;
      return this;
    }

    /** See {@link ChatMessage#thinking()}. */
    public Builder thinking(String value) {
      thinking = value;
      return this;
    }

    /** See {@link ChatMessage#toolCalls()}. */
    public Builder toolCalls(List<ToolCall> value) {
      toolCalls = value;
      return this;
    }

    /** See {@link ChatMessage#toolCallId()}. */
    public Builder toolCallId(String value) {
      toolCallId = value;
      return this;
    }

    /** See {@link ChatMessage#toolName()}. */
    public Builder toolName(String value) {
      toolName = value;
      return this;
    }

    /** Checks all values and builds the message. */
    public ChatMessage build() {
      return new ChatMessage(new Values(role, content, thinking, toolCalls, toolCallId, toolName));
    }
  }
}
