package dev.llamastream.structured;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.llamastream.InvalidValueException;
import dev.llamastream.chat.Tool;
import org.jspecify.annotations.Nullable;

/**
 * A tool whose calls run a method. As thread-safe as the method.
 *
 * @since 0.1.0
 */
public final class AnnotatedTool {

  private final Tool tool;
  private final ToolCallTarget target;
  private final ObjectMapper mapper;

  AnnotatedTool(Tool tool, ToolCallTarget target, ObjectMapper mapper) {
    this.tool = tool;
    this.target = target;
    this.mapper = mapper;
  }

  /** The tool, for a request. */
  public Tool tool() {
    return tool;
  }

  /**
   * Calls the method.
   *
   * @param argumentsJson the arguments as a JSON object by the parameters' names
   * @return the result: a String as it is, {@code done} for void, otherwise JSON
   * @throws InvalidValueException if the arguments are not what the tool's schema says
   * @throws Exception what the method throws
   */
  public String apply(String argumentsJson) throws Exception {
    Object result = target.call(argumentsJson);
    return result instanceof String text ? text : json(result);
  }

  private String json(@Nullable Object result) {
    try {
      return mapper.writeValueAsString(result);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(tool.name() + " returned what is no JSON", e);
    }
  }

  @Override
  public String toString() {
    return "AnnotatedTool[" + tool + "]";
  }
}
