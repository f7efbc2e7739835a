package dev.llamastream.server.internal.openai;

import dev.llamastream.Prompt;
import dev.llamastream.server.internal.json.RequestJson;
import java.util.List;

/**
 * The parsed request for embeddings.
 *
 * @param dimensions the requested size; 0 if absent
 */
record WantedEmbeddings(List<Prompt> inputs, boolean base64, int dimensions) {

  static final int MAX_INPUTS = 2048;

  /**
   * Reads all fields.
   *
   * @throws dev.llamastream.server.internal.json.ApiError 400 for a value of a wrong type or out of
   *     its range
   */
  static WantedEmbeddings read(RequestJson json) {
    json.text("model", "");
    WantedEmbeddings wanted =
        new WantedEmbeddings(
            inputs(json), isBase64(json), json.integer("dimensions", 0, 1, Integer.MAX_VALUE));
    OtherFields.check(json);
    return wanted;
  }

  private static List<Prompt> inputs(RequestJson json) {
    List<Prompt> inputs = Prompts.read(json, "input");
    if (inputs.size() > MAX_INPUTS) {
      throw json.error("input", inputs.size() + " texts, must be at most " + MAX_INPUTS);
    }
    if (inputs.contains(new Prompt.Text(""))) {
      throw json.error("input", "has an empty text");
    }
    return inputs;
  }

  private static boolean isBase64(RequestJson json) {
    String format = json.text("encoding_format", "float");
    if (!format.equals("float") && !format.equals("base64")) {
      throw json.error("encoding_format", "must be float or base64");
    }
    return format.equals("base64");
  }
}
