package dev.llamastream.store.internal.ollama;

import java.util.Optional;

/**
 * An expression of Jinja's and the type of its value.
 *
 * @param jinja can be a part of any other expression: it is in parentheses where it needs them
 * @param constant the text, if it is a constant string
 */
record JinjaValue(String jinja, GoType type, Optional<String> constant) {

  static final JinjaValue NIL = new JinjaValue("none", GoType.NIL);

  /** All of Ollama's values. Only its fields are ever read, and it counts as true. */
  static final JinjaValue ROOT = new JinjaValue("true", GoType.ROOT);

  JinjaValue(String jinja, GoType type) {
    this(jinja, type, Optional.empty());
  }

  static JinjaValue string(String text) {
    return new JinjaValue(GoStrings.jinja(text), GoType.STRING, Optional.of(text));
  }

  static JinjaValue bool(String jinja) {
    return new JinjaValue("(" + jinja + ")", GoType.BOOL);
  }

  static JinjaValue integer(String jinja) {
    return new JinjaValue("(" + jinja + ")", GoType.INT);
  }
}
