package dev.llamastream.chat;

/**
 * What a {@link ToolBox} does when the model calls a tool.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface ToolFunction {

  /**
   * Does what the tool is for. Runs on a virtual thread, perhaps together with other calls of the
   * same tool. Is interrupted when its time is up or nobody waits for it any more.
   *
   * @param arguments a JSON object as text. Nobody has compared it with the tool's schema
   * @return the result for the model: JSON or a sentence, at most 2^20 chars
   * @throws Exception if it fails; the model is told the message
   */
  String call(String arguments) throws Exception;
}
