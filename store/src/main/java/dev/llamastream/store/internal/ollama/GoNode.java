package dev.llamastream.store.internal.ollama;

import java.util.List;

/** The syntax tree of a Go template. */
sealed interface GoNode {

  /** Text that stands for itself. */
  record Text(String text) implements GoNode {}

  /** Prints a value, or sets a variable. */
  record Action(Pipe pipe) implements GoNode {}

  /** {@code if}. */
  record If(Pipe pipe, List<GoNode> then, List<GoNode> otherwise) implements GoNode {}

  /** {@code with}. */
  record With(Pipe pipe, List<GoNode> then, List<GoNode> otherwise) implements GoNode {}

  /** {@code range}. */
  record Range(Pipe pipe, List<GoNode> body, List<GoNode> otherwise) implements GoNode {}

  /** {@code break}. */
  record Break() implements GoNode {}

  /** {@code continue}. */
  record Continue() implements GoNode {}

  /**
   * Commands, each of which gets the value of the one before as its last argument.
   *
   * @param variables what the value is given to; for {@code range}, up to two
   * @param declares whether the variables are new
   */
  record Pipe(List<String> variables, boolean declares, List<List<Operand>> commands) {}

  /** An argument of a command, or its function. */
  sealed interface Operand {}

  /** {@code .A.B}, a field of the dot. */
  record Field(List<String> names) implements Operand {}

  /** {@code $x.A.B}; the name is empty for the root. */
  record Variable(String name, List<String> fields) implements Operand {}

  /** {@code (pipe).A.B}. */
  record Parens(Pipe pipe, List<String> fields) implements Operand {}

  /** {@code .}. */
  record Dot() implements Operand {}

  /** {@code nil}. */
  record Nil() implements Operand {}

  /** {@code true} or {@code false}. */
  record Bool(boolean value) implements Operand {}

  /** A whole number. */
  record Int(String digits) implements Operand {}

  /** A string, without quotes. */
  record Str(String text) implements Operand {}

  /** A function's name. */
  record Function(String name) implements Operand {}

  /** The command in parentheses, if that is what the operand is; otherwise nothing. */
  static List<Operand> onlyCommand(Operand operand) {
    return operand instanceof Parens(Pipe pipe, List<String> fields)
            && fields.isEmpty()
            && pipe.variables().isEmpty()
            && pipe.commands().size() == 1
        ? pipe.commands().getFirst()
        : List.of();
  }
}
