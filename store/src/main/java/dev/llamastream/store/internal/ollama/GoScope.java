package dev.llamastream.store.internal.ollama;

import java.util.ArrayList;
import java.util.List;

/**
 * The variables of a Go template that are visible at a place. Each has a name of its own in Jinja.
 */
final class GoScope {

  private record Variable(String name, JinjaValue value) {}

  private final List<Variable> variables = new ArrayList<>();
  private int names;

  /** A new variable of Jinja's. */
  JinjaValue fresh(GoType type) {
    return new JinjaValue(GoRoot.VARIABLES + ".v" + ++names, type);
  }

  /** Makes a variable visible until {@link #leave}. */
  JinjaValue declare(String name, GoType type) {
    JinjaValue value = fresh(type);
    variables.add(new Variable(name, value));
    return value;
  }

  /** The innermost variable of this name. */
  JinjaValue find(String name) {
    for (Variable variable : variables.reversed()) {
      if (variable.name().equals(name)) {
        return variable.value();
      }
    }
    throw new UntranslatableException("the variable $" + name + ", which is not declared there");
  }

  int mark() {
    return variables.size();
  }

  void leave(int mark) {
    variables.subList(mark, variables.size()).clear();
  }
}
