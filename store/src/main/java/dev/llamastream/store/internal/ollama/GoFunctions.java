package dev.llamastream.store.internal.ollama;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Go's functions and Ollama's, in Jinja. */
final class GoFunctions {

  private static final Map<String, String> COMPARISONS =
      Map.of("lt", "<", "le", "<=", "gt", ">", "ge", ">=");

  private final GoRoot root;

  GoFunctions(GoRoot root) {
    this.root = root;
  }

  JinjaValue call(String name, List<JinjaValue> arguments) {
    return switch (name) {
      case "and", "or" -> logic(name, atLeast(1, name, arguments));
      case "not" -> JinjaValue.bool("not " + exactly(1, name, arguments).getFirst().jinja());
      case "eq" -> JinjaValue.bool(equal(atLeast(2, name, arguments)));
      case "ne" -> JinjaValue.bool("not (" + equal(exactly(2, name, arguments)) + ")");
      case "lt", "le", "gt", "ge" -> compare(name, exactly(2, name, arguments));
      case "len" -> length(exactly(1, name, arguments).getFirst());
      case "index" -> index(atLeast(1, name, arguments));
      case "slice" -> slice(atLeast(1, name, arguments));
      case "print" -> strings(name, "", arguments);
      case "println" -> concat(List.of(strings(name, " ", arguments), JinjaValue.string("\n")));
      case "printf" -> printf(atLeast(1, name, arguments));
      case "json" ->
          new JinjaValue(
              new GoPrinting(root).json(exactly(1, name, arguments).getFirst()), GoType.STRING);
      case "currentDate" -> new JinjaValue("strftime_now('%Y-%m-%d')", GoType.STRING);
      case "toTypeScriptType" -> typeScript(exactly(1, name, arguments).getFirst());
      default -> throw new UntranslatableException("the function " + name);
    };
  }

  private static List<JinjaValue> exactly(int count, String name, List<JinjaValue> arguments) {
    if (arguments.size() != count) {
      throw wrongArguments(name);
    }
    return arguments;
  }

  private static List<JinjaValue> atLeast(int count, String name, List<JinjaValue> arguments) {
    if (arguments.size() < count) {
      throw wrongArguments(name);
    }
    return arguments;
  }

  private static UntranslatableException wrongArguments(String name) {
    return new UntranslatableException("the arguments of the function " + name);
  }

  /** As in Go, the value is one of the arguments. */
  private static JinjaValue logic(String name, List<JinjaValue> arguments) {
    GoType type = arguments.getFirst().type();
    for (JinjaValue argument : arguments) {
      type = argument.type() == type ? type : GoType.MIXED;
    }
    return new JinjaValue(
        arguments.stream()
            .map(JinjaValue::jinja)
            .collect(Collectors.joining(" " + name + " ", "(", ")")),
        type);
  }

  /** Whether the first one is equal to any other. */
  private static String equal(List<JinjaValue> arguments) {
    JinjaValue first = arguments.getFirst();
    List<String> pairs = new ArrayList<>();
    for (JinjaValue other : arguments.subList(1, arguments.size())) {
      if (first.type() == GoType.NIL && other.type() == GoType.NIL) {
        pairs.add("true");
      } else if (isBasic(first) && isBasic(other) && fit(first.type(), other.type())) {
        pairs.add(first.jinja() + " == " + other.jinja());
      } else if ((isNeverNil(first) && other.type() == GoType.NIL)
          || (first.type() == GoType.NIL && isNeverNil(other))) {
        pairs.add("false");
      } else {
        throw new UntranslatableException(
            "a comparison of " + first.type() + " with " + other.type());
      }
    }
    return String.join(" or ", pairs);
  }

  private static boolean isBasic(JinjaValue value) {
    return switch (value.type()) {
      case STRING, INT, BOOL, JSON -> true;
      default -> false;
    };
  }

  private static boolean isNeverNil(JinjaValue value) {
    return isBasic(value) && value.type() != GoType.JSON;
  }

  private static boolean fit(GoType first, GoType second) {
    return first == second || first == GoType.JSON || second == GoType.JSON;
  }

  private static JinjaValue compare(String name, List<JinjaValue> arguments) {
    for (JinjaValue argument : arguments) {
      // Jinja's engine orders no strings
      if (argument.type() != GoType.INT) {
        throw new UntranslatableException("the function " + name + " of " + argument.type());
      }
    }
    return JinjaValue.bool(
        arguments.getFirst().jinja() + COMPARISONS.get(name) + arguments.getLast().jinja());
  }

  private static JinjaValue length(JinjaValue value) {
    if (value.type() != GoType.STRING && value.type().element().isEmpty()) {
      throw new UntranslatableException("the length of " + value.type());
    }
    return JinjaValue.integer(value.jinja() + " | length");
  }

  private static JinjaValue index(List<JinjaValue> arguments) {
    JinjaValue value = arguments.getFirst();
    for (JinjaValue index : arguments.subList(1, arguments.size())) {
      value = GoExpressions.index(value, index);
    }
    return value;
  }

  private static JinjaValue slice(List<JinjaValue> arguments) {
    JinjaValue list = arguments.getFirst();
    boolean sliceable =
        list.type() == GoType.STRING || (list.type().element().isPresent() && !list.type().isMap());
    if (!sliceable || arguments.size() > 3) {
      throw new UntranslatableException("a slice of " + list.type());
    }
    List<String> bounds = new ArrayList<>(List.of("0", ""));
    for (int i = 1; i < arguments.size(); i++) {
      if (arguments.get(i).type() != GoType.INT) {
        throw wrongArguments("slice");
      }
      bounds.set(i - 1, arguments.get(i).jinja());
    }
    return new JinjaValue(
        list.jinja() + "[" + bounds.getFirst() + ":" + bounds.getLast() + "]", list.type());
  }

  private static JinjaValue concat(List<JinjaValue> strings) {
    return new JinjaValue(
        strings.stream().map(JinjaValue::jinja).collect(Collectors.joining(" ~ ", "(", ")")),
        GoType.STRING);
  }

  private static JinjaValue strings(String name, String separator, List<JinjaValue> arguments) {
    List<JinjaValue> parts = new ArrayList<>(List.of(JinjaValue.string("")));
    for (JinjaValue argument : arguments) {
      if (argument.type() != GoType.STRING) {
        throw new UntranslatableException("the function " + name + " of " + argument.type());
      }
      if (parts.size() > 1) {
        parts.add(JinjaValue.string(separator));
      }
      parts.add(argument);
    }
    return concat(parts);
  }

  /** Only a constant format, with strings and whole numbers. */
  private static JinjaValue printf(List<JinjaValue> arguments) {
    String format =
        arguments
            .getFirst()
            .constant()
            .orElseThrow(() -> new UntranslatableException("a printf whose format is no constant"));
    List<JinjaValue> parts = new ArrayList<>();
    int next = 1;
    int begin = 0;
    for (int i = format.indexOf('%'); i >= 0; i = format.indexOf('%', begin)) {
      char verb = i + 1 < format.length() ? format.charAt(i + 1) : 0;
      parts.add(JinjaValue.string(format.substring(begin, i) + (verb == '%' ? "%" : "")));
      if (verb != '%') {
        GoType type = next < arguments.size() ? arguments.get(next).type() : GoType.NIL;
        boolean fits =
            (type == GoType.STRING && (verb == 's' || verb == 'v'))
                || (type == GoType.INT && (verb == 'd' || verb == 'v'));
        if (!fits) {
          throw new UntranslatableException("%" + verb + " for " + type + " in a printf");
        }
        parts.add(arguments.get(next++));
      }
      begin = i + 2;
    }
    if (next != arguments.size()) {
      throw wrongArguments("printf");
    }
    parts.add(JinjaValue.string(format.substring(begin)));
    return concat(parts);
  }

  private JinjaValue typeScript(JinjaValue value) {
    return value.type() == GoType.PROPERTY
        ? new JinjaValue(root.call(JinjaMacros.TYPESCRIPT, "typescript", value), GoType.STRING)
        : JinjaValue.string("any");
  }
}
