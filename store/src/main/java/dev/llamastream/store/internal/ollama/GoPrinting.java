package dev.llamastream.store.internal.ollama;

/** Texts of values: as Go prints them, and in JSON as Go writes it. */
final class GoPrinting {

  private final GoRoot root;

  GoPrinting(GoRoot root) {
    this.root = root;
  }

  /** An expression for what Go prints of the value. */
  String print(JinjaValue value) {
    String jinja = value.jinja();
    return switch (value.type()) {
      case STRING, INT -> jinja;
      case BOOL -> "'true' if " + jinja + " else 'false'";
      case NIL -> "'<no value>'";
      case JSON ->
          "'<no value>' if "
              + jinja
              + " is none else "
              + root.call(JinjaMacros.SHOW, "show", value);
      case JSONS, STRINGS -> root.call(JinjaMacros.SHOW, "show", value);
      // several types are printed as a list
      case PROPERTY_TYPE -> root.call(JinjaMacros.SHOW, "show", value);
      case ARGUMENTS, TOOLS, TOOL, TOOL_FUNCTION, PARAMETERS, PROPERTIES -> json(value);
      default -> throw new UntranslatableException("the text of " + value.type());
    };
  }

  /** An expression for the value in JSON. */
  String json(JinjaValue value) {
    return switch (value.type()) {
      case STRING -> root.call(JinjaMacros.QUOTE, "quote", value);
      case INT, BOOL, JSON, JSONS, STRINGS, ARGUMENTS, PROPERTY_TYPE ->
          root.call(JinjaMacros.JSON, "json", value);
      case NIL -> "'null'";
      case TOOLS -> root.call(JinjaMacros.TOOLS, "tool_list", value);
      case TOOL -> root.call(JinjaMacros.TOOL, "tool", value);
      case TOOL_FUNCTION -> root.call(JinjaMacros.TOOL_FUNCTION, "tool_function", value);
      case PARAMETERS -> root.call(JinjaMacros.PARAMETERS, "parameters", value);
      case PROPERTIES -> root.call(JinjaMacros.PROPERTIES, "properties", value);
      case PROPERTY -> root.call(JinjaMacros.PROPERTY, "property", value);
      default -> throw new UntranslatableException("the JSON of " + value.type());
    };
  }
}
