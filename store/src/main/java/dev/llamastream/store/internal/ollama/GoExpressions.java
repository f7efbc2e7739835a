package dev.llamastream.store.internal.ollama;

import java.util.ArrayList;
import java.util.List;

/** Translates the values of a Go template. */
final class GoExpressions {

  private final GoRoot root;
  private final GoScope scope;

  GoExpressions(GoRoot root, GoScope scope) {
    this.root = root;
    this.scope = scope;
  }

  /** The value of a pipe, apart from what it does to variables. */
  JinjaValue value(GoNode.Pipe pipe, JinjaValue dot) {
    JinjaValue last = null;
    for (List<GoNode.Operand> command : pipe.commands()) {
      List<JinjaValue> arguments = new ArrayList<>();
      for (GoNode.Operand operand : command.subList(1, command.size())) {
        arguments.add(operand(operand, dot));
      }
      if (last != null) {
        arguments.add(last);
      }
      if (command.getFirst() instanceof GoNode.Function(String name)) {
        last = new GoFunctions(root).call(name, arguments);
      } else if (arguments.isEmpty()) {
        last = operand(command.getFirst(), dot);
      } else {
        throw new UntranslatableException("an argument for what is no function");
      }
    }
    if (last == null) {
      throw new UntranslatableException("an empty pipe");
    }
    return last;
  }

  private JinjaValue operand(GoNode.Operand operand, JinjaValue dot) {
    return switch (operand) {
      case GoNode.Field(List<String> names) -> fields(dot, names);
      case GoNode.Variable(String name, List<String> names) ->
          fields(name.isEmpty() ? JinjaValue.ROOT : scope.find(name), names);
      case GoNode.Parens(GoNode.Pipe pipe, List<String> names) -> parens(pipe, names, dot);
      case GoNode.Dot() -> dot;
      case GoNode.Nil() -> JinjaValue.NIL;
      case GoNode.Bool(boolean value) -> new JinjaValue(String.valueOf(value), GoType.BOOL);
      case GoNode.Number(String digits) -> JinjaValue.integer(digits);
      case GoNode.Str(String text) -> JinjaValue.string(text);
      case GoNode.Function(String name) -> new GoFunctions(root).call(name, List.of());
    };
  }

  private JinjaValue parens(GoNode.Pipe pipe, List<String> names, JinjaValue dot) {
    if (!pipe.variables().isEmpty()) {
      throw new UntranslatableException("a variable that is set within parentheses");
    }
    return fields(value(pipe, dot), names);
  }

  private JinjaValue fields(JinjaValue value, List<String> names) {
    JinjaValue result = value;
    for (String name : names) {
      result = field(result, name);
    }
    return result;
  }

  private JinjaValue field(JinjaValue value, String name) {
    if (value.type() == GoType.ROOT) {
      return root.field(name);
    }
    if (value.type().isMap()) {
      return index(value, JinjaValue.string(name));
    }
    GoType.Field field =
        value
            .type()
            .field(name)
            .orElseThrow(
                () ->
                    new UntranslatableException(
                        "." + name + ", which " + value.type() + " does not have"));
    if (value.type() == GoType.MESSAGE) {
      root.readsMessage(name);
    }
    String jinja = value.jinja() + field.jinja();
    return new JinjaValue(
        field.empty().isEmpty() ? jinja : "(" + jinja + " or " + field.empty() + ")", field.type());
  }

  /** An element of a list or a map. */
  static JinjaValue index(JinjaValue value, JinjaValue index) {
    GoType element =
        value
            .type()
            .element()
            .filter(type -> index.type() == (value.type().isMap() ? GoType.STRING : GoType.INT))
            .orElseThrow(
                () ->
                    new UntranslatableException(
                        "an index of " + index.type() + " in " + value.type()));
    return new JinjaValue(value.jinja() + "[" + index.jinja() + "]", element);
  }
}
