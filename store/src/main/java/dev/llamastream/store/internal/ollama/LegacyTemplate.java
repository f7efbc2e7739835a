package dev.llamastream.store.internal.ollama;

import java.util.ArrayList;
import java.util.List;

/**
 * A template of the older form: it writes one turn, that is a system message, a prompt and a
 * response. Ollama runs it once for each turn. For the last one it takes away what comes after the
 * response, which is yet to be written.
 */
final class LegacyTemplate {

  private static final String RESPONSE = "Response";

  /** The turns of a chat. A turn ends where a message comes that belongs before what it has. */
  private static final String TURNS =
      """
      {%- set go.system = '' -%}
      {%- set go.prompt = '' -%}
      {%- set go.response = '' -%}
      {%- for m in go.messages -%}
      {%- if (m.role == 'system' and (go.prompt or go.response))
            or (m.role == 'user' and go.response) -%}
      {{- turn() -}}
      {%- set go.system = '' -%}
      {%- set go.prompt = '' -%}
      {%- set go.response = '' -%}
      {%- endif -%}
      {%- if m.role == 'system' -%}{%- set go.system = m.content -%}
      {%- elif m.role == 'user' -%}{%- set go.prompt = m.content -%}
      {%- elif m.role == 'assistant' -%}{%- set go.response = m.content -%}
      {%- endif -%}
      {%- endfor -%}
      """;

  private boolean cut;

  private LegacyTemplate() {}

  /** The template in Jinja, but for what {@link MessagesPrelude} does. */
  static String translate(List<GoNode> template, GoRoot root) {
    List<GoNode> nodes = new ArrayList<>(template);
    if (!GoNames.of(template).contains("response")) {
      GoNode.Operand response = new GoNode.Field(List.of(RESPONSE));
      nodes.add(new GoNode.Action(new GoNode.Pipe(List.of(), false, List.of(List.of(response)))));
    }
    return "{%- macro turn() -%}\n"
        + GoStatements.translate(nodes, root)
        + "{%- endmacro -%}\n"
        + TURNS
        + GoStatements.translate(new LegacyTemplate().upToResponse(nodes), root);
  }

  private List<GoNode> upToResponse(List<GoNode> nodes) {
    List<GoNode> kept = new ArrayList<>();
    for (GoNode node : nodes) {
      if (cut) {
        break;
      }
      kept.add(upToResponse(node));
    }
    return kept;
  }

  private GoNode upToResponse(GoNode node) {
    return switch (node) {
      case GoNode.If(GoNode.Pipe pipe, List<GoNode> then, List<GoNode> otherwise) ->
          new GoNode.If(pipe, upToResponse(then), upToResponse(otherwise));
      case GoNode.With(GoNode.Pipe pipe, List<GoNode> then, List<GoNode> otherwise) ->
          new GoNode.With(pipe, upToResponse(then), upToResponse(otherwise));
      case GoNode.Range(GoNode.Pipe pipe, List<GoNode> body, List<GoNode> otherwise) ->
          new GoNode.Range(pipe, upToResponse(body), upToResponse(otherwise));
      case GoNode.Action(GoNode.Pipe pipe) when GoNames.mentions(pipe, RESPONSE) -> {
        // Ollama would take away a part of a longer pipe
        if (pipe.commands().size() > 1 || pipe.commands().getFirst().size() > 1) {
          throw new UntranslatableException("a function of .Response");
        }
        cut = true;
        yield node;
      }
      case GoNode.Text _, GoNode.Action _, GoNode.Break _, GoNode.Continue _ -> node;
    };
  }
}
