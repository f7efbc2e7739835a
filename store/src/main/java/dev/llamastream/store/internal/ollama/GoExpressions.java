package dev.llamastream.store.internal.ollama;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
      last = command(command, dot, last);
    }
    if (last == null) {
      throw new UntranslatableException("an empty pipe");
    }
    return last;
  }

  private JinjaValue command(
      List<GoNode.Operand> command, JinjaValue dot, @Nullable JinjaValue last) {
    if (last == null && command.size() == 2 && isFunction(command, "len")) {
      List<GoNode.Operand> slice = GoNode.onlyCommand(command.getLast());
      if (slice.size() == 3 && isFunction(slice, "slice")) {
        return lengthFrom(slice, dot);
      }
    }
    List<JinjaValue> arguments = new ArrayList<>();
    for (GoNode.Operand operand : command.subList(1, command.size())) {
      arguments.add(operand(operand, dot));
    }
    if (last != null) {
      arguments.add(last);
    }
    if (command.getFirst() instanceof GoNode.Function(String name)) {
      return new GoFunctions(root).call(name, arguments);
    }
    if (arguments.isEmpty()) {
      return operand(command.getFirst(), dot);
    }
    throw new UntranslatableException("an argument for what is no function");
  }

  private static boolean isFunction(List<GoNode.Operand> command, String name) {
    return command.getFirst().equals(new GoNode.Function(name));
  }

  /**
   * {@code len (slice list from)}, with which templates find the last message. To copy the rest of
   * the list for each message would take the square of their number.
   */
  private JinjaValue lengthFrom(List<GoNode.Operand> slice, JinjaValue dot) {
    GoFunctions functions = new GoFunctions(root);
    JinjaValue list = operand(slice.get(1), dot);
    JinjaValue from = operand(slice.get(2), dot);
    functions.call("slice", List.of(list, from)); // for its checks
    return JinjaValue.integer(functions.call("len", List.of(list)).jinja() + " - " + from.jinja());
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
      case GoNode.Int(String digits) -> JinjaValue.integer(digits);
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
    // in brackets, a name could be one of Jinja's own methods
    String access =
        value.type().isMap() ? ".get(" + index.jinja() + ")" : "[" + index.jinja() + "]";
    return new JinjaValue(value.jinja() + access, element);
  }
}
