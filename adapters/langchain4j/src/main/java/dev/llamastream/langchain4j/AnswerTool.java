package dev.llamastream.langchain4j;

import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonRawSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.llamastream.chat.Tool;
import org.jspecify.annotations.Nullable;

/**
 * The tool that takes the answer. The library accepts tools or a schema in a request, not both. If
 * LangChain4j asks for both, the model must call a tool, and this is one of them: its arguments are
 * the text of the answer.
 */
final class AnswerTool {

  /** Its name. */
  static final String NAME = "give_final_answer";

  private static final String DESCRIPTION =
      "Gives the final answer to the user. Call it when no other tool is needed.";

  private AnswerTool() {}

  /**
   * The tool.
   *
   * @param schema of the answer; null for any JSON object
   * @throws UnsupportedFeatureException if the answer is not an object
   */
  static Tool of(@Nullable JsonSchema schema) {
    if (schema == null) {
      return Tool.of(NAME, DESCRIPTION, "{\"type\":\"object\"}");
    }
    if (!(schema.rootElement() instanceof JsonObjectSchema)
        && !(schema.rootElement() instanceof JsonRawSchema)) {
      throw new UnsupportedFeatureException(
          "a JSON response format whose root is not an object is not supported together with"
              + " tools");
    }
    return Tool.of(NAME, DESCRIPTION, JsonSchemas.text(schema.rootElement()));
  }
}
