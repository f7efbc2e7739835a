package dev.llamastream.store.internal.ollama;

import java.util.Map;
import java.util.Optional;

/**
 * The types of the values that Ollama gives to a template. They are known before it runs, so that
 * what Go prints of a value can be said in Jinja.
 */
enum GoType {
  STRING,
  INT,
  BOOL,
  /** No value, as of a name that Ollama does not set. */
  NIL,
  /** One of several types. */
  MIXED,
  /** Anything that JSON has. */
  JSON,
  JSONS,
  STRINGS,
  ROOT,
  MESSAGES,
  MESSAGE,
  CALLS,
  CALL,
  CALL_FUNCTION,
  ARGUMENTS,
  TOOLS,
  TOOL,
  TOOL_FUNCTION,
  PARAMETERS,
  PROPERTIES,
  PROPERTY,
  /** One name of a type, or a list of them. */
  PROPERTY_TYPE;

  /**
   * A field of a value.
   *
   * @param jinja what follows the value in Jinja
   * @param empty what stands for it if it is absent
   */
  record Field(GoType type, String jinja, String empty) {}

  private static final Map<String, Field> MESSAGE_FIELDS =
      Map.of(
          "Role", new Field(STRING, ".role", ""),
          "Content", new Field(STRING, ".content", ""),
          "Thinking", new Field(STRING, ".thinking", ""),
          "Images", new Field(JSONS, ".images", "[]"),
          "ToolCalls", new Field(CALLS, ".calls", ""),
          "ToolName", new Field(STRING, ".tool", ""),
          "ToolCallID", new Field(STRING, ".call", ""));
  private static final Map<String, Field> CALL_FIELDS =
      Map.of(
          "ID", new Field(STRING, ".id", "''"),
          "Function", new Field(CALL_FUNCTION, ".function", ""));
  private static final Map<String, Field> CALL_FUNCTION_FIELDS =
      Map.of(
          "Name", new Field(STRING, ".name", ""),
          "Arguments", new Field(ARGUMENTS, ".arguments", "{}"));
  private static final Map<String, Field> TOOL_FIELDS =
      Map.of(
          "Type", new Field(STRING, ".type", "''"),
          "Function", new Field(TOOL_FUNCTION, ".function", ""));
  private static final Map<String, Field> TOOL_FUNCTION_FIELDS =
      Map.of(
          "Name", new Field(STRING, ".name", ""),
          "Description", new Field(STRING, ".description", "''"),
          "Parameters", new Field(PARAMETERS, ".parameters", "{}"));
  private static final Map<String, Field> PARAMETERS_FIELDS =
      Map.of(
          "Type", new Field(STRING, ".type", "''"),
          "Required", new Field(STRINGS, ".required", "[]"),
          "Properties", new Field(PROPERTIES, ".properties", ""));
  private static final Map<String, Field> PROPERTY_FIELDS =
      Map.of(
          "Type", new Field(PROPERTY_TYPE, ".type", "''"),
          "Description", new Field(STRING, ".description", "''"),
          "Enum", new Field(JSONS, ".enum", "[]"),
          "Items", new Field(JSON, ".get('items')", ""),
          "Required", new Field(STRINGS, ".required", "[]"));

  /** A field of such a value. */
  Optional<Field> field(String name) {
    Map<String, Field> fields =
        switch (this) {
          case MESSAGE -> MESSAGE_FIELDS;
          case CALL -> CALL_FIELDS;
          case CALL_FUNCTION -> CALL_FUNCTION_FIELDS;
          case TOOL -> TOOL_FIELDS;
          case TOOL_FUNCTION -> TOOL_FUNCTION_FIELDS;
          case PARAMETERS -> PARAMETERS_FIELDS;
          case PROPERTY -> PROPERTY_FIELDS;
          default -> Map.of();
        };
    return Optional.ofNullable(fields.get(name));
  }

  /** The type of the elements; empty if it is neither a list nor a map. */
  Optional<GoType> element() {
    return switch (this) {
      case JSONS, ARGUMENTS -> Optional.of(JSON);
      case STRINGS -> Optional.of(STRING);
      case MESSAGES -> Optional.of(MESSAGE);
      case CALLS -> Optional.of(CALL);
      case TOOLS -> Optional.of(TOOL);
      case PROPERTIES -> Optional.of(PROPERTY);
      default -> Optional.empty();
    };
  }

  /** Whether it is a map, whose keys Go sorts. */
  boolean isMap() {
    return this == ARGUMENTS || this == PROPERTIES;
  }
}
