package dev.llamastream.chat;

import dev.llamastream.internal.TextCheck;

/**
 * Whether the model must call a tool.
 *
 * @since 0.1.0
 */
public sealed interface ToolChoice {

  /** The model decides. */
  ToolChoice AUTO = Mode.AUTO;

  /** The model may call no tool. It is told of them all the same. */
  ToolChoice NONE = Mode.NONE;

  /** The model must call a tool. */
  ToolChoice REQUIRED = Mode.REQUIRED;

  /** The model must call this tool. */
  static ToolChoice of(String tool) {
    return new Named(tool);
  }

  /** A choice that names no tool. */
  enum Mode implements ToolChoice {
    /** See {@link ToolChoice#AUTO}. */
    AUTO,
    /** See {@link ToolChoice#NONE}. */
    NONE,
    /** See {@link ToolChoice#REQUIRED}. */
    REQUIRED
  }

  /**
   * A choice of one tool.
   *
   * @param tool its name
   */
  record Named(String tool) implements ToolChoice {
    /** Checks the name. */
    public Named {
      TextCheck.check("toolChoice", tool);
    }
  }
}
