package dev.llamastream.store.internal.ollama;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The names that a Go template mentions, which tell Ollama what to give it. */
final class GoNames {

  private final Set<String> names = new HashSet<>();

  private GoNames() {}

  /** The names of fields, in lower case, as Ollama compares them. */
  static Set<String> of(List<GoNode> nodes) {
    GoNames names = new GoNames();
    names.addAll(nodes);
    return names.names;
  }

  /** Whether a pipe mentions a field of the dot by this very name. */
  static boolean mentions(GoNode.Pipe pipe, String name) {
    return pipe.commands().stream()
        .flatMap(List::stream)
        .anyMatch(
            operand ->
                switch (operand) {
                  case GoNode.Field(List<String> fields) -> fields.contains(name);
                  case GoNode.Parens(GoNode.Pipe inner, List<String> _) -> mentions(inner, name);
                  default -> false;
                });
  }

  private void addAll(List<GoNode> nodes) {
    for (GoNode node : nodes) {
      switch (node) {
        case GoNode.Action(GoNode.Pipe pipe) -> add(pipe);
        case GoNode.If(GoNode.Pipe pipe, List<GoNode> then, List<GoNode> otherwise) ->
            add(pipe, then, otherwise);
        case GoNode.With(GoNode.Pipe pipe, List<GoNode> then, List<GoNode> otherwise) ->
            add(pipe, then, otherwise);
        case GoNode.Range(GoNode.Pipe pipe, List<GoNode> body, List<GoNode> otherwise) ->
            add(pipe, body, otherwise);
        case GoNode.Text _, GoNode.Break _, GoNode.Continue _ -> {}
      }
    }
  }

  private void add(GoNode.Pipe pipe, List<GoNode> then, List<GoNode> otherwise) {
    add(pipe);
    addAll(then);
    addAll(otherwise);
  }

  private void add(GoNode.Pipe pipe) {
    for (List<GoNode.Operand> command : pipe.commands()) {
      for (GoNode.Operand operand : command) {
        switch (operand) {
          case GoNode.Field(List<String> fields) -> add(fields);
          case GoNode.Variable(String _, List<String> fields) -> add(fields);
          case GoNode.Parens(GoNode.Pipe inner, List<String> _) -> add(inner);
          default -> {}
        }
      }
    }
  }

  private void add(List<String> fields) {
    fields.forEach(field -> names.add(field.toLowerCase(Locale.ROOT)));
  }
}
