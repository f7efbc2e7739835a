package dev.llamastream.store.internal.ollama;

import java.util.EnumSet;
import java.util.Set;
import java.util.TreeSet;

/**
 * The values that Ollama gives to a template, as the Jinja around it has them. It remembers what
 * was asked for: llama.cpp finds out what a template can do by looking at what it reads.
 */
final class GoRoot {

  /** Jinja's object with all variables: a {@code set} in a loop would be lost after it. */
  static final String VARIABLES = "go";

  private final boolean messages;
  private final Set<String> messageFields = new TreeSet<>();
  private final Set<JinjaMacros> macros = EnumSet.noneOf(JinjaMacros.class);

  /**
   * @param messages whether the template is given all messages at once, or one turn after the other
   */
  GoRoot(boolean messages) {
    this.messages = messages;
  }

  /** The value of a name; no value for one that Ollama does not set. */
  JinjaValue field(String name) {
    return switch (name) {
      case "System" -> new JinjaValue(VARIABLES + ".system", GoType.STRING);
      case "Messages" -> messages ? messages() : JinjaValue.NIL;
      case "Tools" -> messages ? new JinjaValue("(tools or [])", GoType.TOOLS) : JinjaValue.NIL;
      case "Prompt" -> turn("prompt");
      case "Response" -> messages ? JinjaValue.string("") : turn("response");
      case "Think" -> JinjaValue.bool("enable_thinking is defined and enable_thinking");
      case "ThinkLevel" -> new JinjaValue("(reasoning_effort or '')", GoType.STRING);
      // the request says whether to think, or the library does
      case "IsThinkSet" -> JinjaValue.bool("enable_thinking is defined");
      default -> JinjaValue.NIL;
    };
  }

  private static JinjaValue messages() {
    return new JinjaValue(VARIABLES + ".messages", GoType.MESSAGES);
  }

  private JinjaValue turn(String name) {
    return messages ? JinjaValue.NIL : new JinjaValue(VARIABLES + "." + name, GoType.STRING);
  }

  /** Remembers that a template reads a field of its messages. */
  void readsMessage(String field) {
    messageFields.add(field);
  }

  Set<String> messageFields() {
    return messageFields;
  }

  /** Calls a macro. */
  String call(JinjaMacros macro, String name, JinjaValue argument) {
    macros.add(macro);
    return name + "(" + argument.jinja() + ")";
  }

  Set<JinjaMacros> macros() {
    return macros;
  }
}
