package dev.llamastream.chat;

import dev.llamastream.internal.TextCheck;
import org.jspecify.annotations.Nullable;

/**
 * A model's wish to call a tool. Immutable.
 *
 * @since 0.1.0
 */
public final class ToolCall {

  private final Values values;

  private ToolCall(String id, String name, String arguments) {
    values = new Values(id, name, arguments);
  }

  /**
   * Creates a call.
   *
   * @param id connects the call with its result; any text, some templates want nine letters and
   *     digits
   * @param name the tool's name
   * @param arguments a JSON object as text. What a model says when it is cut off may be none
   */
  public static ToolCall of(String id, String name, String arguments) {
    return new ToolCall(id, name, arguments);
  }

  /** What connects the call with its result. */
  public String id() {
    return values.id();
  }

  /** The tool's name. */
  public String name() {
    return values.name();
  }

  /** The arguments as JSON text. */
  public String arguments() {
    return values.arguments();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ToolCall that && values.equals(that.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  @Override
  public String toString() {
    return values.toString().replaceFirst("Values", "ToolCall");
  }

  private record Values(String id, String name, String arguments) {
    private Values {
      TextCheck.check("id", id);
      TextCheck.check("name", name);
      TextCheck.check("arguments", arguments);
    }
  }
}
