package dev.llamastream.server.internal.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import dev.llamastream.server.internal.json.ApiError;
import dev.llamastream.server.internal.json.RequestJson;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** A content: a text, or a list of blocks that are texts or something else. */
final class Content {

  private Content() {}

  /**
   * Reads the content in a field, in its order. Nothing is read if the field is absent.
   *
   * @param other receives the type and the fields of a block that is no text
   * @throws ApiError 400 if it is neither a text nor a list of blocks
   */
  static void read(
      RequestJson json,
      String field,
      Consumer<String> text,
      BiConsumer<String, RequestJson> other) {
    JsonNode content = json.node(field);
    if (content == null) {
      return;
    }
    if (content.isTextual()) {
      text.accept(content.textValue());
      return;
    }
    if (!content.isArray()) {
      throw json.wrongType(field, content, "a text or a list of blocks");
    }
    for (RequestJson block : json.objects(field)) {
      String type = block.text("type");
      if (type.equals("text")) {
        text.accept(block.text("text"));
      } else {
        other.accept(type, block);
      }
    }
  }

  /** The error for a block of a type that is not read here. */
  static ApiError refused(String type, RequestJson block, String read) {
    return block.error("type", type + " is not supported, must be " + read);
  }
}
