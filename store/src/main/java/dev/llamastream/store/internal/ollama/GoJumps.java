package dev.llamastream.store.internal.ollama;

import java.util.List;

/** Finds {@code break} and {@code continue}. */
final class GoJumps {

  private GoJumps() {}

  /** Whether the node can end an iteration of the loop around it. */
  static boolean in(GoNode node) {
    return switch (node) {
      case GoNode.Break _, GoNode.Continue _ -> true;
      case GoNode.If(GoNode.Pipe _, List<GoNode> then, List<GoNode> otherwise) ->
          in(then) || in(otherwise);
      case GoNode.With(GoNode.Pipe _, List<GoNode> then, List<GoNode> otherwise) ->
          in(then) || in(otherwise);
      // its body's jumps are its own
      case GoNode.Range(GoNode.Pipe _, List<GoNode> _, List<GoNode> otherwise) -> in(otherwise);
      case GoNode.Text _, GoNode.Action _ -> false;
    };
  }

  private static boolean in(List<GoNode> nodes) {
    return nodes.stream().anyMatch(GoJumps::in);
  }
}
