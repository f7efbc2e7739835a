package dev.llamastream.store.internal.ollama;

import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What Go's functions do, in Jinja. Only what a template uses is put in front of it. */
enum JinjaMacros {
  /** A string in JSON. Go escapes what would end a script in HTML. */
  QUOTE(
      """
      {%- macro quote(x) -%}
      {{- x | tojson | replace('<', '\\\\u003c') | replace('>', '\\\\u003e')
            | replace('&', '\\\\u0026') -}}
      {%- endmacro -%}
      """),
  /** Any value in JSON. Go sorts the keys. */
  JSON(
      """
      {%- macro json(x) -%}
      {%- if x is undefined or x is none -%}{{- 'null' -}}
      {%- elif x is string -%}{{- quote(x) -}}
      {%- elif x is mapping -%}
      {{- '{' -}}
      {%- for k, y in x | dictsort -%}
      {{- (',' if not loop.first else '') ~ quote(k) ~ ':' ~ json(y) -}}
      {%- endfor -%}
      {{- '}' -}}
      {%- elif x is sequence -%}
      {{- '[' -}}
      {%- for y in x -%}{{- (',' if not loop.first else '') ~ json(y) -}}{%- endfor -%}
      {{- ']' -}}
      {%- else -%}{{- x | tojson -}}
      {%- endif -%}
      {%- endmacro -%}
      """,
      QUOTE),
  /** Any value as Go prints it. */
  SHOW(
      """
      {%- macro show(x) -%}
      {%- if x is undefined or x is none -%}{{- '<nil>' -}}
      {%- elif x is string -%}{{- x -}}
      {%- elif x is mapping -%}
      {{- 'map[' -}}
      {%- for k, y in x | dictsort -%}
      {{- (' ' if not loop.first else '') ~ k ~ ':' ~ show(y) -}}
      {%- endfor -%}
      {{- ']' -}}
      {%- elif x is sequence -%}
      {{- '[' -}}
      {%- for y in x -%}{{- (' ' if not loop.first else '') ~ show(y) -}}{%- endfor -%}
      {{- ']' -}}
      {%- else -%}{{- x | tojson -}}
      {%- endif -%}
      {%- endmacro -%}
      """),
  /** A property of a tool's parameter in JSON: the members that Ollama knows, in its order. */
  PROPERTY(
      """
      {%- macro property(p) -%}
      {%- set parts = [] -%}
      {%- if p.anyOf -%}
      {%- set any = [] -%}
      {%- for q in p.anyOf -%}{%- set added = any.append(property(q)) -%}{%- endfor -%}
      {%- set added = parts.append('"anyOf":[' ~ any | join(',') ~ ']') -%}
      {%- endif -%}
      {%- if p.type -%}
      {%- set one = p.type is not string and p.type | length == 1 -%}
      {%- set added = parts.append('"type":' ~ json(p.type[0] if one else p.type)) -%}
      {%- endif -%}
      {%- if p.get('items') is not none -%}
      {%- set added = parts.append('"items":' ~ json(p.get('items'))) -%}
      {%- endif -%}
      {%- if p.description -%}
      {%- set added = parts.append('"description":' ~ json(p.description)) -%}
      {%- endif -%}
      {%- if p.enum -%}{%- set added = parts.append('"enum":' ~ json(p.enum)) -%}{%- endif -%}
      {%- if p.properties is mapping -%}
      {%- set inner = [] -%}
      {%- for k, q in p.properties.items() -%}
      {%- set added = inner.append(quote(k) ~ ':' ~ property(q)) -%}
      {%- endfor -%}
      {%- set added = parts.append('"properties":{' ~ inner | join(',') ~ '}') -%}
      {%- endif -%}
      {%- if p.required -%}
      {%- set added = parts.append('"required":' ~ json(p.required)) -%}
      {%- endif -%}
      {{- '{' ~ parts | join(',') ~ '}' -}}
      {%- endmacro -%}
      """,
      JSON),
  /** The properties of a tool's parameters in JSON. */
  PROPERTIES(
      """
      {%- macro properties(x) -%}
      {%- if x is mapping -%}
      {{- '{' -}}
      {%- for k, p in x | dictsort -%}
      {{- (',' if not loop.first else '') ~ quote(k) ~ ':' ~ property(p) -}}
      {%- endfor -%}
      {{- '}' -}}
      {%- else -%}{{- 'null' -}}
      {%- endif -%}
      {%- endmacro -%}
      """,
      PROPERTY),
  /** The parameters of a tool in JSON. */
  PARAMETERS(
      """
      {%- macro parameters(x) -%}
      {{- '{"type":' ~ quote(x.type or '') -}}
      {%- if x['$defs'] -%}{{- ',"$defs":' ~ json(x['$defs']) -}}{%- endif -%}
      {%- if x.get('items') is not none -%}
      {{- ',"items":' ~ json(x.get('items')) -}}
      {%- endif -%}
      {%- if x.required -%}{{- ',"required":' ~ json(x.required) -}}{%- endif -%}
      {{- ',"properties":' ~ properties(x.properties) ~ '}' -}}
      {%- endmacro -%}
      """,
      PROPERTIES),
  /** What a tool does, in JSON. */
  TOOL_FUNCTION(
      """
      {%- macro tool_function(f) -%}
      {{- '{"name":' ~ quote(f.name) ~ ',"description":' ~ quote(f.description or '') -}}
      {{- ',"parameters":' ~ parameters(f.parameters or {}) ~ '}' -}}
      {%- endmacro -%}
      """,
      PARAMETERS),
  /** A tool in JSON. */
  TOOL(
      """
      {%- macro tool(t) -%}
      {{- '{"type":' ~ quote(t.type or '') ~ ',"function":' ~ tool_function(t.function) ~ '}' -}}
      {%- endmacro -%}
      """,
      TOOL_FUNCTION),
  /** All tools in JSON. */
  TOOLS(
      """
      {%- macro tool_list(x) -%}
      {%- if x -%}
      {{- '[' -}}
      {%- for t in x -%}{{- (',' if not loop.first else '') ~ tool(t) -}}{%- endfor -%}
      {{- ']' -}}
      {%- else -%}{{- 'null' -}}
      {%- endif -%}
      {%- endmacro -%}
      """,
      TOOL),
  /** Ollama's {@code toTypeScriptType}. */
  TYPESCRIPT(
      """
      {%- macro typescript_name(x) -%}
      {%- if x == 'string' or x == 'boolean' or x == 'null' -%}{{- x -}}
      {%- elif x == 'number' or x == 'integer' -%}{{- 'number' -}}
      {%- elif x == 'array' -%}{{- 'any[]' -}}
      {%- elif x == 'object' -%}{{- 'Record<string, any>' -}}
      {%- else -%}{{- 'any' -}}
      {%- endif -%}
      {%- endmacro -%}
      {%- macro typescript(p) -%}
      {%- if p.anyOf -%}
      {%- for q in p.anyOf -%}
      {{- (' | ' if not loop.first else '') ~ typescript(q) -}}
      {%- endfor -%}
      {%- elif not p.type -%}{{- 'any' -}}
      {%- elif p.type is string -%}{{- typescript_name(p.type) -}}
      {%- else -%}
      {%- for x in p.type -%}
      {{- (' | ' if not loop.first else '') ~ typescript_name(x) -}}
      {%- endfor -%}
      {%- endif -%}
      {%- endmacro -%}
      """);

  private final String text;
  private final @Nullable JinjaMacros needs;

  JinjaMacros(String text) {
    this(text, null);
  }

  JinjaMacros(String text, @Nullable JinjaMacros needs) {
    this.text = text;
    this.needs = needs;
  }

  /** These macros and those that they call, in an order that defines them before they are used. */
  static String text(Set<JinjaMacros> used) {
    Set<JinjaMacros> all = EnumSet.noneOf(JinjaMacros.class);
    for (JinjaMacros macro : used) {
      for (JinjaMacros next = macro; next != null; next = next.needs) {
        all.add(next);
      }
    }
    StringBuilder text = new StringBuilder();
    for (JinjaMacros macro : all) {
      text.append(macro.text);
    }
    return text.toString();
  }
}
