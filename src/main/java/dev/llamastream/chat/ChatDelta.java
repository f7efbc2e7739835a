package dev.llamastream.chat;

/**
 * Something new in an answer.
 *
 * @since 0.1.0
 */
public sealed interface ChatDelta {

  /**
   * More of the text.
   *
   * @param text at least one character, never part of one
   */
  record Text(String text) implements ChatDelta {}

  /**
   * More of what the model thinks before it answers.
   *
   * @param text at least one character, never part of one
   */
  record Thinking(String text) implements ChatDelta {}

  /**
   * The model begins to call a tool.
   *
   * @param index of the call among those of the answer, from 0
   * @param id see {@link ToolCall#id()}
   * @param name the tool's name
   */
  record ToolCallBegun(int index, String id, String name) implements ChatDelta {}

  /**
   * More of a call's arguments.
   *
   * @param index of the call
   * @param text a part of a JSON text
   */
  record ToolCallArguments(int index, String text) implements ChatDelta {}

  /**
   * A call is complete, or the answer was cut off in it.
   *
   * @param index of the call
   * @param call the whole call
   */
  record ToolCallDone(int index, ToolCall call) implements ChatDelta {}
}
