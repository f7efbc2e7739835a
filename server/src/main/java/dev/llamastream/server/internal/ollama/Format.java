package dev.llamastream.server.internal.ollama;

import com.fasterxml.jackson.databind.JsonNode;
import dev.llamastream.server.internal.json.Json;
import dev.llamastream.server.internal.json.RequestJson;
import dev.llamastream.server.internal.json.SchemaFields;

/** The field {@code format}: {@code json} for any object, or a JSON schema. */
final class Format {

  private static final String FIELD = "format";

  private Format() {}

  /**
   * The JSON schema of the text; empty for none.
   *
   * @throws dev.llamastream.server.internal.json.ApiError 400 for another value
   */
  static String read(RequestJson json) {
    JsonNode value = json.node(json.called("responseSchema", json.called("schema", FIELD)));
    if (value == null || (value.isTextual() && value.textValue().isEmpty())) {
      return "";
    }
    if (value.isTextual() && value.textValue().equals("json")) {
      return SchemaFields.ANY_OBJECT;
    }
    if (value.isObject()) {
      return Json.write(value);
    }
    throw json.wrongType(FIELD, value, "json or a JSON schema");
  }
}
