package dev.llamastream.internal.chat;

import java.util.List;
import java.util.Random;

/** Broken variants of real templates, and random programs of Jinja. */
final class RandomTemplate {

  private static final List<String> NAMES =
      List.of("messages", "a", "b", "m", "ns", "loop", "tools", "true", "none", "bos_token", "zz");

  private static final List<String> LITERALS =
      List.of(
          "0",
          "1",
          "-1",
          "1.5",
          "'a'",
          "''",
          "' b '",
          "[]",
          "[1, 'a', none]",
          "{'a': 1}",
          "9223372036854775807",
          "(1, 2)",
          "namespace(a=1)",
          "range(5)",
          "'nan'|float");

  private static final List<String> FILTERS =
      List.of(
          "trim",
          "length",
          "string",
          "tojson",
          "int",
          "float",
          "list",
          "first",
          "last",
          "join",
          "sort",
          "upper",
          "title",
          "reverse",
          "items",
          "dictsort",
          "default(1)",
          "replace('a','b')",
          "map(attribute='a')",
          "selectattr('a')",
          "selectattr('role', 'eq', 'user')",
          "min",
          "max",
          "indent(2)",
          "abs",
          "unique",
          "join(', ')",
          "sort(attribute='role')",
          "tojson(indent=1)");

  private static final List<String> TESTS =
      List.of(
          "defined",
          "none",
          "string",
          "mapping",
          "iterable",
          "odd",
          "divisibleby(3)",
          "eq(1)",
          "in([1])",
          "lower",
          "number",
          "callable",
          "undefined");

  private static final List<String> OPERATORS =
      List.of("+", "-", "*", "/", "%", "~", "==", "!=", "<", ">=", "and", "or", "in", "not in");

  private static final List<String> MEMBERS =
      List.of(
          ".a",
          "[0]",
          "[-1]",
          "['content']",
          ".role",
          "[1:]",
          "[::-1]",
          ".items()",
          ".pop()",
          ".append(a)",
          ".append(x=1)",
          ".split('a')",
          ".keys()",
          ".get('a')",
          "()",
          "[:2]",
          ".strip()");

  private final List<String> real;
  private final Random random;

  RandomTemplate(List<String> real, Random random) {
    this.real = real;
    this.random = random;
  }

  String text() {
    if (random.nextBoolean()) {
      StringBuilder program =
          new StringBuilder("{% set a = [1] %}{% set b = {'a': 1} %}{% set ns = namespace(a=1) %}");
      for (int i = 1 + random.nextInt(4); i > 0; i--) {
        statement(program, 0);
      }
      return program.toString();
    }
    StringBuilder text = new StringBuilder(one(real));
    for (int i = 1 + random.nextInt(4); i > 0; i--) {
      mutate(text);
    }
    return text.toString();
  }

  private void mutate(StringBuilder text) {
    int at = random.nextInt(text.length() + 1);
    int end = Math.min(text.length(), at + random.nextInt(40));
    switch (random.nextInt(6)) {
      case 0 -> text.delete(at, end);
      case 1 -> text.insert(at, text.substring(at, end));
      case 2 -> text.insert(at, "{{ " + expression(0) + " }}");
      case 3 -> text.insert(at, " " + one(OPERATORS) + " " + expression(1));
      case 4 -> statement(text, 2);
      default -> {
        String other = one(real);
        int from = random.nextInt(other.length());
        text.replace(at, end, other.substring(from, Math.min(other.length(), from + 60)));
      }
    }
  }

  private void statement(StringBuilder out, int depth) {
    switch (random.nextInt(depth > 4 ? 3 : 8)) {
      case 0 -> out.append("{{ ").append(expression(0)).append(" }}");
      case 1 ->
          out.append("{% set ").append(target()).append(" = ").append(expression(0)).append(" %}");
      case 2 -> out.append("text\n");
      case 3 ->
          block(
              out,
              "{% for " + (random.nextBoolean() ? "m" : "a, b") + " in " + expression(1) + " %}",
              "endfor",
              depth);
      case 4 -> block(out, "{% if " + expression(0) + " %}", "endif", depth);
      case 5 -> block(out, "{% macro m(a, b=1) %}", "endmacro", depth);
      case 6 -> block(out, "{% call m(" + expression(1) + ") %}", "endcall", depth);
      default -> block(out, "{% filter " + one(FILTERS) + " %}", "endfilter", depth);
    }
  }

  private void block(StringBuilder out, String begin, String end, int depth) {
    out.append(begin);
    for (int i = random.nextInt(4); i > 0; i--) {
      statement(out, depth + 1);
    }
    out.append("{% ").append(end).append(" %}");
  }

  private String target() {
    return random.nextInt(3) == 0 ? "ns.a" : one(NAMES);
  }

  private String expression(int depth) {
    int kind = random.nextInt(depth > 4 ? 2 : 8);
    return switch (kind) {
      case 0 -> one(NAMES);
      case 1 -> one(LITERALS);
      case 2 -> "(" + expression(depth + 1) + ")|" + one(FILTERS);
      case 3 -> "(" + expression(depth + 1) + ") is " + one(TESTS);
      case 4 -> expression(depth + 1) + " " + one(OPERATORS) + " " + expression(depth + 1);
      case 5 -> one(NAMES) + one(MEMBERS);
      case 6 -> "m(" + expression(depth + 1) + ")";
      default -> "(" + expression(depth + 1) + " if " + expression(depth + 1) + " else 1)";
    };
  }

  private String one(List<String> list) {
    return list.get(random.nextInt(list.size()));
  }
}
