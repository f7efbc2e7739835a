package dev.llamastream.internal.grammar;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What llama.cpp's parser takes, and where it stops. */
class GrammarCheckSyntaxTest {

  private static void refuses(String grammar, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GrammarCheck.check(grammar))
        .withMessage("grammar: " + message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "root::=\"a\"",
        "  # comment (\n\n  root ::=\n \"a\" # ) \"\r\n",
        "root ::= a-1 | Z9\na-1 ::= \"a\"\r\nZ9 ::= [0-9]\r",
        "root ::= \"a\" |\n \"b\"",
        "root ::= (\n \"a\" # one\n | [b]\n {2}\n)",
        "root ::= ",
        "root ::= \"\"",
        "root ::= | \"a\"",
        "root ::= () [] [^]",
        "root ::= \"line\nbreak\" [\n]",
        "root ::= \"\\x41\\u00e9\\U0001F600\\t\\r\\n\\\\\\\"\\[\\]\\-\"",
        "root ::= [-a] [a-] [a-b-c] [^-] [\\]] [z-a] [\"#(]",
        "root ::= \"é😀\" [ぁ-ゟ😀]",
        "root ::= .+ <[7]> !<[8]> <think>* !</think>",
        "root ::= \"a\"{2} \"b\"{ 2 , } \"c\"{2,4} \"d\"{0,5000} \"e\"{0}",
        "root ::= \"a\"{2}{3} [b]+?",
        "root ::= \"a\"\nroot ::= \"b\"",
      })
  void passes(String grammar) {
    assertThatNoException().isThrownBy(() -> GrammarCheck.check(grammar));
  }

  static List<Arguments> malformed() {
    return Stream.of(
            "root  ~ line 1, column 6: end of the grammar, must be ::=",
            "root : \"a\" ~ line 1, column 6: ':', must be ::=",
            "root ::= \"a\"\n  | \"b\" ~ line 2, column 3: '|', must be the name of a rule,"
                + " of letters, digits and -",
            "root ::= a_b\na ::= \"a\" ~ line 1, column 11: '_', must be an item, an operator, |"
                + " or the end of the line",
            "root ::= \"a\" ) ~ line 1, column 14: ')', must be an item, an operator, |"
                + " or the end of the line",
            "root ::= (\"a\"\n\n ~ line 3, column 1: end of the grammar, must be an item,"
                + " an operator, | or )",
            "root ::= \"abc ~ line 1, column 14: end of the grammar, must be \" at the end of the"
                + " literal",
            "root ::= [abc ~ line 1, column 14: end of the grammar, must be ] at the end of the"
                + " character class",
            "root ::= [a- ~ line 1, column 13: end of the grammar, must be the last character of a"
                + " range",
            "root ::= \"😀\\q\" ~ line 1, column 13: 'q', must be one of x u U t r n \\ \" [ ] -"
                + " after a \\",
            "root ::= \"\\x4g\" ~ line 1, column 14: 'g', must be one of 2 hexadecimal digits",
            "root ::= \"\\u12\" ~ line 1, column 15: '\"', must be one of 4 hexadecimal digits",
            "root ::= \"\\x٣٣\" ~ line 1, column 13: '٣', must be one of 2 hexadecimal digits",
            "root ::= * ~ line 1, column 10: nothing to repeat, must follow an item that is not"
                + " empty",
            "root ::= \"\"? ~ line 1, column 12: nothing to repeat, must follow an item that is not"
                + " empty",
            "root ::= \"a\" | + ~ line 1, column 16: nothing to repeat, must follow an item that is"
                + " not empty",
            "root ::= \"a\"{,3} ~ line 1, column 14: ',', must be a number of repetitions",
            "root ::= \"a\"{2 ~ line 1, column 15: end of the grammar, must be , or }",
            "root ::= \"a\"{2,x} ~ line 1, column 16: 'x', must be }",
            "root ::= \"a\"{5,3} ~ line 1, column 16: 3, must be at least the minimum, 5",
            "root ::= \"a\"{2001} ~ line 1, column 14: 2001, must be a number of repetitions in [0,"
                + " 2000]",
            "root ::= \"a\"{1,99999999999999999999} ~ line 1, column 16: 99999999999999999999, must"
                + " be a number of repetitions in [0, 9223372036854775806]",
            "root ::= <[x]> ~ line 1, column 12: 'x', must be a token's id",
            "root ::= <[2147483648]> ~ line 1, column 12: 2147483648, must be a token's id in [0,"
                + " 2147483647]",
            "root ::= <[1] ~ line 1, column 13: ']', must be ]>",
            "root ::= <end ~ line 1, column 14: end of the grammar, must be > at the end of the"
                + " token",
            "root ::= !\"a\" ~ line 1, column 11: '\"', must be <",
            "start ::= \"a\" ~ line 1, column 1: no rule root, must be defined",
            "a ::= root\na ::= \"a\" ~ line 1, column 7: rule root is undefined, must be defined",
            "root ::= \"a\"\r"
                + "  item\r\n"
                + "item ::= \"b\" ~ line 2, column 7: end of the line, must be ::=",
            "root ::= \"a\"\r\n| x ~ line 2, column 1: '|', must be the name of a rule, of letters,"
                + " digits and -",
            "root ::= item+\n"
                + "item ::= \"a\" thing ~ line 2, column 14: rule thing is undefined, must be"
                + " defined",
            "root ::= \"a\0\" ~ line 1, column 12: a NUL character, must be written \\x00",
            "root ::= \"\ud83d\" ~ line 1, column 11: half a surrogate pair, must be whole")
        .map(example -> Arguments.of((Object[]) example.split(" ~ ", 2)))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void saysWhereAndWhy(String grammar, String message) {
    refuses(grammar, message);
  }

  @Test
  void namesAreLimited() {
    String name = "n".repeat(GrammarParser.MAX_NAME);
    passes("root ::= " + name + "\n" + name + " ::= \"a\"");
    refuses(
        "root ::= n" + name, "line 1, column 10: a name of 501 characters, must be of at most 500");
  }

  @Test
  void tokensAreLimited() {
    String name = "n".repeat(GrammarParser.MAX_TOKEN_TEXT - 2);
    passes("root ::= <" + name + ">");
    refuses(
        "root ::= !<n" + name + ">",
        "line 1, column 11: a token of 1001 characters, must be of at most 1000");
  }
}
