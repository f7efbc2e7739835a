package dev.llamastream.internal.chat;

import java.util.LinkedHashMap;
import java.util.Map;

/** Chat templates that never end, are greedy, or go where an interpreter may break. */
final class HostileTemplates {

  private final Map<String, String> all = new LinkedHashMap<>();

  private HostileTemplates() {
    endless();
    greedy();
    deepText();
    deepValues();
    slow();
    undefined();
  }

  /** Name and text. */
  static Map<String, String> all() {
    return new HostileTemplates().all;
  }

  private void endless() {
    all.put("range", "{% for i in range(1000000000) %}x{% endfor %}");
    all.put("range that overflows", "{{ range(0, 4611686018427387905, 4611686018427387904) }}");
    all.put("nested loops", "{% for i in range(1000) %}".repeat(3) + "{% endfor %}".repeat(3));
    all.put("macro", "{% macro m(x) %}{{ m(x) }}{% endmacro %}{{ m(1) }}");
    all.put("caller", "{% macro m() %}{% call m() %}x{% endcall %}{% endmacro %}{{ m() }}");
    all.put("nothing, often", "{{ (''|trim) * 1000000000000000000 }}");
    all.put("step that overflows", "{{ 'a'[::-9223372036854775808] }}");
  }

  private void greedy() {
    all.put("repetition", "{{ 'x' * 1000000000 }}");
    all.put(
        "doubling",
        "{% set n = namespace(s='x') %}{% for i in range(100) %}"
            + "{% set n.s = n.s ~ n.s %}{% endfor %}");
    all.put("replacement", "{{ ('a' * 1000000)|replace('a', 'b' * 1000000) }}");
    all.put("join", "{{ range(100000)|join('x' * 100000) }}");
    all.put("indent", "{{ 'a'|indent(1000000000, true) }}");
    all.put("negative indent", "{{ 'a'|indent(-1) }}");
    all.put("indent of JSON", "{{ [1, [2]]|tojson(indent=1000000000) }}");
    all.put("indent of JSON that overflows", "{{ [1, [2, [3]]]|tojson(indent=2147483647) }}");
    all.put("lists of lists", "{% set a = [1] %}" + "{% set a = [a, a] %}".repeat(100) + "{{ a }}");
    all.put("one text", "{% set a = 'a' * 100000 %}" + "{{ a }}".repeat(5_000));
  }

  private void deepText() {
    all.put("parentheses", "{{ " + "(".repeat(250_000));
    all.put("parentheses, closed", "{{ " + "(".repeat(100_000) + "1" + ")".repeat(100_000) + " }}");
    all.put("brackets", "{{ " + "[".repeat(250_000));
    all.put("braces", "{{ " + "{1:".repeat(80_000));
    all.put("not", "{{ " + "not ".repeat(60_000) + "1 }}");
    all.put("minus", "{{ " + "- ".repeat(120_000) + "1 }}");
    all.put("plus", "{{ 1" + "+1".repeat(120_000) + " }}");
    all.put("members", "{{ a" + ".a".repeat(120_000) + " }}");
    all.put("calls", "{{ a" + "()".repeat(120_000) + " }}");
    all.put("filters", "{{ 'a'" + "|trim".repeat(50_000) + " }}");
    all.put("if", "{% if 1 %}".repeat(11_000) + "{% endif %}".repeat(11_000));
    all.put("elif", "{% if 0 %}" + "{% elif 0 %}".repeat(20_000) + "{% endif %}");
    all.put("else", "{{ " + "1 if 0 else ".repeat(20_000) + "1 }}");
    all.put("colons", "{{ a[" + ":".repeat(200_000) + "] }}");
  }

  private void deepValues() {
    String list = "{% set l = [] %}{% set _ = l.append(l) %}";
    all.put("list in itself", list + "{{ l }}");
    all.put("list in itself as text", list + "{{ l|string }}");
    all.put("list in itself as JSON", list + "{{ l|tojson }}");
    all.put("list in itself as indented JSON", list + "{{ l|tojson(indent=2) }}");
    all.put("list in itself, compared", list + "{{ l == l }}{{ l == [l] }}");
    all.put("list in itself as a key", list + "{{ {l: 1} }}");
    String object = "{% set o = namespace() %}{% set o.o = o %}";
    all.put("object in itself as text", object + "{{ o|string }}");
    all.put("object in itself as JSON", object + "{{ o|tojson }}");
    String argument = "{% set l = [] %}{% set _ = l.append(x=l) %}";
    all.put("argument in its list as a key", argument + "{% set d = {l[0]: 1} %}");
    all.put("argument in its list, compared", argument + "{{ l[0] == l[0] }}");
    all.put("arguments", repeated("[1]", "{% set _ = l.append(x=l.pop()) %}", ""));
    all.put("lists", repeated("[1]", "{% set l = [l] %}", ""));
    all.put("tuples", repeated("(1, 1)", "{% set l = (l, 1) %}", "{{ l == l }}"));
    all.put("namespaces", repeated("1", "{% set l = namespace(x=l) %}", ""));
    String pairs = "{% set t = (1, 1) %}" + "{% set t = (t, t) %}".repeat(100);
    all.put("pairs of pairs, compared", pairs + "{{ t == t }}");
    all.put("pairs of pairs as a key", pairs + "{% set d = {t: 1} %}");
    all.put("pairs of pairs as JSON", pairs + "{{ t|tojson }}");
  }

  private static String repeated(String first, String step, String end) {
    String steps = step.repeat(6_000);
    return "{% set l = " + first + " %}" + "{% if 1 %}" + steps + "{% endif %}" + end;
  }

  private void slow() {
    all.put("search", "{{ (('a' * 20000)|string ~ 'b') in (('a' * 40000)|string) }}");
    all.put("replacement one by one", "{{ ('a' * 500000)|string|replace('a', 'bb')|length }}");
    all.put("split", "{{ ('a' * 500000).split('a')|length }}");
    all.put("rsplit", "{{ ('a' * 500000).rsplit('aab')|length }}");
    all.put("trim of parts", "{{ (' ' * 1000000)|trim|length }}");
    all.put("line ends", "\r\n".repeat(130_000));
    all.put("keys", "{% set o = namespace() %}" + "{% set o.a = 1 %}".repeat(10_000));
  }

  private void undefined() {
    all.put("division by 0", "{{ 1 / 0 }}{{ 0 / 0 }}{{ (0 / 0)|int }}{{ 5 % 0 }}");
    all.put("divisible by 0", "{{ 5 is divisibleby(0) }}");
    all.put("divisible by -1", "{{ -9223372036854775808 is divisibleby(-1) }}");
    all.put("large numbers", "{{ ('9' * 1000)|int }}{{ ('1e308'|float * 1000000)|int }}");
    all.put("larger number", "{{ 99999999999999999999999999 }}");
    all.put(
        "slices",
        "{{ [1][::-9223372036854775807] }}{{ 'ab'[9223372036854775807:-9223372036854775807:7] }}"
            + "{{ [][::-1] }}{{ 'a'[::0] }}");
    all.put("empty separator", "{{ 'a'.split('') }}");
    all.put("time", "{{ strftime_now('%c' * 200) }}");
    all.put("odd time", "{{ strftime_now('%Q %E %O %') }}");
    all.put("format", "{{ '{}{}'.format(1) }}");
    all.put("percent", "{{ '%s%n' % 1 }}");
    all.put("files", "{% include '/etc/passwd' %}");
    all.put("modules", "{% import '/etc/passwd' as x %}");
    all.put(
        "a list that becomes shorter",
        "{% set a = [1, 2] %}{% set l = [a, a, a] %}{% for x, y in l %}"
            + "{% set _ = a.pop() %}{{ x }}{{ y|string }}{% endfor %}");
    all.put(
        "sorting of what has no order",
        "{% set l = [] %}{% for i in range(100) %}{% set _ = l.append('nan'|float) %}"
            + "{% set _ = l.append(i * 7919 % 101) %}{% set _ = l.append('' ~ (i * 31 % 103)) %}"
            + "{% endfor %}{{ l|sort|length }}{{ l|sort(reverse=true)|length }}");
    all.put("messages in themselves", "{% for m in messages %}{% set m.content = m %}{% endfor %}");
  }
}
