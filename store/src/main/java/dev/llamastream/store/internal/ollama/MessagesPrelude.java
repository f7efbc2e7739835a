package dev.llamastream.store.internal.ollama;

import java.util.Map;
import java.util.Set;

/**
 * Brings the messages into the form that Ollama gives to a template: consecutive ones of a role are
 * one, unless they are results of tools; and the system messages are also at hand on their own.
 */
final class MessagesPrelude {

  /** By the fields of Go's messages: members in Jinja, and where their values come from. */
  private static final Map<String, String> MEMBERS =
      Map.of(
          "Thinking", "'thinking': m.reasoning_content or ''",
          "ToolCalls", "'calls': m.tool_calls or []",
          "ToolName", "'tool': m.name or ''",
          "ToolCallID", "'call': m.tool_call_id or ''");

  private MessagesPrelude() {}

  /**
   * The Jinja that does it.
   *
   * @param fields what the template reads of a message. No other is touched
   */
  static String text(Set<String> fields) {
    StringBuilder members = new StringBuilder("'role': m.role, 'content': text");
    for (String field : fields) {
      if (MEMBERS.containsKey(field)) {
        members.append(", ").append(MEMBERS.get(field));
      }
    }
    return """
      {%%- set go = namespace(messages=[], systems=[], system='', last={}) -%%}
      {%%- for m in messages -%%}
      {%%- set text = m.content or '' -%%}
      {%%- if m.role == 'system' -%%}{%%- set added = go.systems.append(text) -%%}{%%- endif -%%}
      {%%- if go.last.role == m.role and m.role != 'tool' -%%}
      {%%- set go.last.content = go.last.content ~ '\\n\\n' ~ text -%%}
      {%%- else -%%}
      {%%- set go.last = {%s} -%%}
      {%%- set added = go.messages.append(go.last) -%%}
      {%%- endif -%%}
      {%%- endfor -%%}
      {%%- set go.system = go.systems | join('\\n\\n') -%%}
      """
        .formatted(members);
  }
}
