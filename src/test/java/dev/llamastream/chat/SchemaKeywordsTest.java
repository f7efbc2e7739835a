package dev.llamastream.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.Context;
import dev.llamastream.ContextParams;
import dev.llamastream.GenerationException;
import dev.llamastream.Model;
import dev.llamastream.SamplerParams;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What docs/structured.md says about each keyword that is enforced, shown by answers of the default
 * model.
 */
class SchemaKeywordsTest {

  private static Model model;
  private static Context context;

  @BeforeAll
  static void open() {
    model = Model.load(Path.of(System.getProperty("llamastream.test.model")));
    context =
        new Context(
            model, ContextParams.builder().contextSize(1024).threads(1).batchThreads(1).build());
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private static String answer(String schema, long seed) {
    return context
        .chat(
            ChatRequest.builder(ChatMessage.user("Answer."))
                .responseSchema(schema)
                .maxTokens(24)
                .sampler(SamplerParams.builder().temperature(1).seed(seed).build())
                .build())
        .answer()
        .text();
  }

  /** The beginning or the whole of what a regular expression matches. */
  @SuppressWarnings("JdkObsolete") // hitEnd says that the answer is the beginning of a match
  private static void answersMatch(String schema, String whole) {
    for (int seed = 1; seed <= 2; seed++) {
      Matcher matcher = Pattern.compile(whole).matcher(answer(schema, seed));
      assertThat(matcher.matches() || matcher.hitEnd()).as(matcher.toString()).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = "=>",
      textBlock =
          """
          {"type":"integer","minimum":100,"maximum":200} => 1[0-9][0-9]|200
          {"type":"integer","minimum":205} => 20[5-9]|2[1-9][0-9]|[3-9][0-9]{2}|[1-9][0-9]{3,15}
          {"type":"integer","maximum":-5} => -[5-9]|-[1-9][0-9]{1,15}
          {"type":"integer","exclusiveMinimum":8,"exclusiveMaximum":10} => 9
          {"type":"boolean"} => true|false
          {"const":{"a":[1,null]}} => \\{"a":\\[1,null\\]\\}
          {"enum":["a",1,null]} => "a"|1|null
          {"type":"string","pattern":"^\\\\d{3}-[A-F]$"} => "[0-9]{3}-[A-F]"
          {"type":"string","pattern":"^\\"\\\\w\\\\\\\\$"} => "\\\\"[a-zA-Z0-9_]\\\\\\\\"
          {"type":"string","pattern":"^.{3}$"} => "[^"\\\\\\x00-\\x1f]{3}"
          {"type":"string","pattern":"^[^a]{3}$"} => "[^a"\\\\\\x00-\\x1f]{3}"
          {"type":"string","pattern":"^[ -~]{2}$"} => "([ -~&&[^"\\\\]]|\\\\["\\\\]){2}"
          {"type":"string","pattern":"^ab\\\\.?$"} => "ab\\.?"
          {"type":"string","format":"uuid"} => "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
          {"items":{"const":1},"minItems":2,"maxItems":3} => \\[\\s*1,\\s*1(,\\s*1)?\\s*\\]
          {"properties":{"a":{"const":1},"b":{"const":2}},"required":["b"]} => \\{\\s*"b"\\s*:\\s*2(,\\s*"a"\\s*:\\s*1)?\\s*\\}
          {"$ref":"#/$defs/n","$defs":{"n":{"type":"array","maxItems":2,"items":{"$ref":"#/$defs/n"}}}} => [\\[\\],\\s]*
          {"type":"object","additionalProperties":{"const":1}} => \\{\\s*("([^"\\\\]|\\\\.)*"\\s*:\\s*1,?\\s*)*\\}
          {"prefixItems":[{"const":1},{"const":2}],"minItems":5} => \\[\\s*1,\\s*2\\s*\\]
          {"oneOf":[{"const":1},{"const":2}]} => [12]
          {"type":["null","boolean"]} => null|true|false
          {"allOf":[{"properties":{"a":{"const":1}}},{"$ref":"#/$defs/b"}],"$defs":{"b":{"properties":{"b":{"const":2}}}}} => \\{\\s*"a"\\s*:\\s*1,\\s*"b"\\s*:\\s*2\\s*\\}
          {"allOf":[{"enum":[1,2]},{"enum":[2,3]}]} => 2
          {"type":"string","minLength":2,"maxLength":3} => "([^"\\\\]|\\\\([^u]|u[0-9a-fA-F]{4})){2,3}"
          {"properties":{"b":{"const":1},"a":{"const":2}},"required":["a","b"]} => \\{\\s*"b"\\s*:\\s*1,\\s*"a"\\s*:\\s*2\\s*\\}
          {"properties":{"a":{"const":1}},"required":["a"],"additionalProperties":{"const":2}} => \\{\\s*"a"\\s*:\\s*1(,\\s*"([^"\\\\]|\\\\.)*"\\s*:\\s*2)*\\s*\\}
          {"properties":{"a":{"const":1}},"required":["a"],"additionalProperties":false} => \\{\\s*"a"\\s*:\\s*1\\s*\\}
          {"type":"number"} => -?(0|[1-9][0-9]{0,15})(\\.[0-9]{1,16})?([eE][-+]?(0|[1-9][0-9]{0,15}))?
          {"type":"string","format":"date-time"} => "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3])(:[0-5][0-9]){2}(\\.[0-9]{3})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
          {"$ref":"#/definitions/a","definitions":{"a":{"const":1}}} => 1
          {"allOf":[{"type":"string","pattern":"^ab$"}]} => "ab"
          {"type":["integer","null"],"minimum":7,"maximum":8} => 7|8|null
          {"type":"integer"} => -?(0|[1-9][0-9]{0,15})
          {"type":"string","format":"date"} => "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
          {"type":"string","format":"time"} => "([01][0-9]|2[0-3])(:[0-5][0-9]){2}(\\.[0-9]{3})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
          {"type":"integer","minimum":7,"maximum":7,"multipleOf":2} => 7
          {"type":"integer","minimum":5,"exclusiveMinimum":100,"maximum":5} => 5
          {"const":1,"not":{"const":1}} => 1
          {"enum":["a"],"maxLength":0} => "a"
          {"type":"string","pattern":"^b$","maxLength":0,"format":"uuid"} => "b"
          {"items":{"const":1},"minItems":2,"maxItems":2,"uniqueItems":true,"contains":{"const":2}} => \\[\\s*1,\\s*1\\s*\\]
          {"items":{"const":1},"prefixItems":[{"const":2}],"minItems":1,"maxItems":1} => \\[\\s*1\\s*\\]
          {"properties":{"a":{"const":1}},"required":["a","z"],"minProperties":2} => \\{\\s*"a"\\s*:\\s*1\\s*\\}
          {"$ref":"#/$defs/a","maxLength":0,"$defs":{"a":{"const":"x"}}} => "x"
          {"anyOf":[{"const":1}],"type":"string"} => 1
          """)
  void answersFollow(String schema, String whole) {
    answersMatch(schema, whole);
  }

  @Test
  void whatNoValueCanMeetFailsTheAnswer() {
    assertThatThrownBy(() -> answer("{\"type\":\"integer\",\"minimum\":5,\"maximum\":1}", 1))
        .isInstanceOf(GenerationException.class);
  }
}
