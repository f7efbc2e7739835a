package dev.llamastream.store.internal.ollama;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Translates the nodes of a Go template. Every tag trims the space around it, and texts are strings
 * in tags: so Jinja's rules about space do not matter.
 */
final class GoStatements {

  /** Blocks in one another, in Jinja: its parser is recursive. */
  private static final int MAX_DEPTH = 200;

  /**
   * The loop around a node.
   *
   * @param skips true from {@code continue} or {@code break} to the end of the iteration. Jinja's
   *     own {@code continue} would lose what was printed in the same block
   * @param stops true from {@code break} on
   */
  private record Loop(JinjaValue skips, JinjaValue stops) {}

  private final GoRoot root;
  private final GoScope scope = new GoScope();
  private final GoExpressions expressions;
  private final StringBuilder out = new StringBuilder();
  private int loops;
  private int depth;

  private GoStatements(GoRoot root) {
    this.root = root;
    expressions = new GoExpressions(root, scope);
  }

  /** These nodes in Jinja. */
  static String translate(List<GoNode> nodes, GoRoot root) {
    GoStatements statements = new GoStatements(root);
    statements.list(nodes, JinjaValue.ROOT, null);
    return statements.out.toString();
  }

  private void tag(String statement) {
    out.append("{%- ").append(statement).append(" -%}\n");
  }

  private void set(JinjaValue variable, String jinja) {
    tag("set " + variable.jinja() + " = " + jinja);
  }

  private void print(String jinja) {
    out.append("{{- ").append(jinja).append(" -}}\n");
  }

  private void block(List<GoNode> nodes, JinjaValue dot, @Nullable Loop loop) {
    int mark = scope.mark();
    list(nodes, dot, loop);
    scope.leave(mark);
  }

  private void list(List<GoNode> nodes, JinjaValue dot, @Nullable Loop loop) {
    if (++depth > MAX_DEPTH) {
      throw new UntranslatableException("more than " + MAX_DEPTH + " blocks in one another");
    }
    for (int i = 0; i < nodes.size(); i++) {
      node(nodes.get(i), dot, loop);
      if (loop != null && GoJumps.in(nodes.get(i)) && i + 1 < nodes.size()) {
        tag("if not " + loop.skips().jinja());
        list(nodes.subList(i + 1, nodes.size()), dot, loop);
        tag("endif");
        break;
      }
    }
    depth--;
  }

  private void node(GoNode node, JinjaValue dot, @Nullable Loop loop) {
    switch (node) {
      case GoNode.Text(String text) -> print(GoStrings.jinja(text));
      case GoNode.Action(GoNode.Pipe pipe) -> {
        JinjaValue value = expressions.value(pipe, dot);
        if (pipe.variables().isEmpty()) {
          print(new GoPrinting(root).print(value));
        } else {
          give(pipe, pipe.variables().getFirst(), value);
        }
      }
      case GoNode.If branch -> branch(branch, dot, loop);
      case GoNode.With with -> with(with, dot, loop);
      case GoNode.Range range -> range(range, dot, loop);
      case GoNode.Continue() -> {
        if (loop != null) {
          set(loop.skips(), "true");
        }
      }
      case GoNode.Break() -> {
        if (loop != null) {
          set(loop.skips(), "true");
          set(loop.stops(), "true");
        }
      }
    }
  }

  /** Declares or sets a variable. */
  private JinjaValue give(GoNode.Pipe pipe, String name, JinjaValue value) {
    JinjaValue variable = pipe.declares() ? scope.declare(name, value.type()) : scope.find(name);
    if (variable.type() != value.type() && variable.type() != GoType.MIXED) {
      throw new UntranslatableException(
          "$" + name + ", which is first " + variable.type() + " and then " + value.type());
    }
    set(variable, value.jinja());
    return variable;
  }

  /** The value of the pipe of a control structure, kept in its variable if it has one. */
  private JinjaValue controlValue(GoNode.Pipe pipe, JinjaValue dot) {
    JinjaValue value = expressions.value(pipe, dot);
    return pipe.variables().isEmpty() ? value : give(pipe, pipe.variables().getFirst(), value);
  }

  private void branch(GoNode.If branch, JinjaValue dot, @Nullable Loop loop) {
    int mark = scope.mark();
    tag("if " + controlValue(branch.pipe(), dot).jinja());
    block(branch.then(), dot, loop);
    otherwise(branch.otherwise(), dot, loop);
    scope.leave(mark);
  }

  private void with(GoNode.With with, JinjaValue dot, @Nullable Loop loop) {
    int mark = scope.mark();
    JinjaValue value = controlValue(with.pipe(), dot);
    JinjaValue inner = scope.fresh(value.type());
    set(inner, value.jinja());
    tag("if " + inner.jinja());
    block(with.then(), inner, loop);
    otherwise(with.otherwise(), dot, loop);
    scope.leave(mark);
  }

  private void otherwise(List<GoNode> nodes, JinjaValue dot, @Nullable Loop loop) {
    if (!nodes.isEmpty()) {
      tag("else");
      block(nodes, dot, loop);
    }
    tag("endif");
  }

  private void range(GoNode.Range range, JinjaValue dot, @Nullable Loop outer) {
    JinjaValue value = expressions.value(range.pipe(), dot);
    if (value.type() == GoType.NIL) {
      block(range.otherwise(), dot, outer);
      return;
    }
    GoType type =
        value
            .type()
            .element()
            .orElseThrow(() -> new UntranslatableException("a range over " + value.type()));
    boolean map = value.type().isMap();
    int number = ++loops;
    JinjaValue list = scope.fresh(value.type());
    JinjaValue key = map ? new JinjaValue("k" + number, GoType.STRING) : index();
    JinjaValue element = new JinjaValue("e" + number, type);
    Loop loop = new Loop(scope.fresh(GoType.BOOL), scope.fresh(GoType.BOOL));
    boolean jumps = range.body().stream().anyMatch(GoJumps::in);
    set(list, value.jinja());
    tag("if " + list.jinja());
    if (jumps) {
      set(loop.stops(), "false");
    }
    tag(
        map
            ? String.format(
                Locale.ROOT,
                "for %s, %s in %s | dictsort",
                key.jinja(),
                element.jinja(),
                list.jinja())
            : "for " + element.jinja() + " in " + list.jinja());
    if (jumps) {
      tag("if " + loop.stops().jinja());
      tag("break");
      tag("endif");
      set(loop.skips(), "false");
    }
    int mark = scope.mark();
    List<String> variables = range.pipe().variables();
    if (variables.size() == 2) {
      give(range.pipe(), variables.getFirst(), key);
    }
    if (!variables.isEmpty()) {
      give(range.pipe(), variables.getLast(), element);
    }
    block(range.body(), element, loop);
    scope.leave(mark);
    tag("endfor");
    otherwise(range.otherwise(), dot, outer);
  }

  private static JinjaValue index() {
    return new JinjaValue("loop.index0", GoType.INT);
  }
}
