package dev.llamastream.server.internal.json;

import com.fasterxml.jackson.databind.JsonNode;
import dev.llamastream.SamplerParams;
import dev.llamastream.chat.JsonSchema;

/**
 * Reads which JSON a text must be: OpenAI's {@code response_format}, or llama.cpp's {@code
 * json_schema}.
 */
public final class SchemaFields {

  /** The schema of any object. */
  public static final String ANY_OBJECT = "{\"type\":\"object\"}";

  private SchemaFields() {}

  /**
   * The JSON schema of the text; empty for none.
   *
   * @throws ApiError 400 for a value of a wrong type
   */
  static String read(RequestJson json) {
    RequestJson format = json.object("response_format");
    String type = format.text("type", "text");
    if (json.has("json_schema")) {
      if (!type.equals("text")) {
        throw json.error("json_schema", "not together with response_format");
      }
      return schema(json, "json_schema");
    }
    return switch (type) {
      case "text" -> "";
      case "json_object" -> format.has("schema") ? schema(format, "schema") : anyObject(json);
      case "json_schema" -> named(format.object("json_schema"));
      default -> throw format.error("type", "must be text, json_object or json_schema");
    };
  }

  private static String anyObject(RequestJson json) {
    json.called("responseSchema", "response_format");
    return ANY_OBJECT;
  }

  /**
   * A schema with a name, as in OpenAI's API.
   *
   * @throws ApiError 400 if there is none
   */
  public static String named(RequestJson format) {
    format.text("name", "");
    format.text("description", "");
    format.bool("strict", true); // it always is
    return schema(format, "schema");
  }

  /**
   * The schema in this field.
   *
   * @throws ApiError 400 if there is none
   */
  public static String schema(RequestJson json, String name) {
    JsonNode schema = json.node(json.called("responseSchema", json.called("schema", name)));
    if (schema == null) {
      throw json.error(name, "missing, must be a JSON schema");
    }
    return Json.write(schema);
  }

  /**
   * Lets a text outside of a chat follow the schema that the request has.
   *
   * @throws ApiError 400 for a value of a wrong type, and for a schema together with a grammar
   * @throws dev.llamastream.InvalidValueException for a schema that the library rejects
   */
  public static void apply(RequestJson json, SamplerParams.Builder sampler) {
    String schema = read(json);
    if (schema.isEmpty()) {
      return;
    }
    if (!json.text("grammar", "").isEmpty()) {
      throw json.error("grammar", "not together with a JSON schema");
    }
    sampler.grammar(JsonSchema.toGrammar(schema));
  }
}
