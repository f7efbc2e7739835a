package dev.llamastream.internal.grammar;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Well-formed grammars: those of use pass, those that llama.cpp could not bear do not. */
class GrammarCheckTest {

  private static final String AMBIGUOUS = "more ways to go on";

  private static void passes(String grammar) {
    assertThatNoException().isThrownBy(() -> GrammarCheck.check(grammar));
  }

  private static void refuses(String grammar, String reason) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GrammarCheck.check(grammar))
        .withMessageStartingWith("grammar")
        .withMessageContaining(reason)
        .withMessageContaining("must");
  }

  /** A root and so many rules, each written with the name of the next in place of each N. */
  private static String chain(int rules, String body) {
    return IntStream.range(0, rules)
        .mapToObj(i -> "r" + i + " ::= " + body.replace("N", "r" + (i + 1)))
        .collect(Collectors.joining("\n", "root ::= r0\n", "\nr" + rules + " ::= \"a\""));
  }

  private static String nested(int groups) {
    return "root ::= " + "(".repeat(groups) + "\"a\"" + ")".repeat(groups);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "root ::= \"yes\" | \"no\"",
        "root ::= [0-9]{2000}",
        "root ::= [0-9]{0,2000} \"m\"",
        "root ::= ([a-z]* \"\\n\"?)*",
        "root ::= item (\", \" item)* \".\"?\nitem ::= [a-z]+ | \"(\" root \")\"",
        "root ::= (word space)+\nword ::= [a-z]+\nspace ::= [ \\t]*",
        "root ::= <[3]> (!<[4]>)* <[4]> <end>",
        """
        root ::= value
        value ::= list | [0-9]+ | "\\"" ([^"\\\\] | "\\\\" .)* "\\""
        list ::= "[" space (value ("," space value)*)? "]"
        space ::= | " " | "\\n" [ \\t]{0,20}
        """,
      })
  void grammarsOfUsePass(String grammar) {
    passes(grammar);
  }

  @Test
  void aChoiceOfThousandsPasses() {
    passes(
        IntStream.range(0, 3000)
            .mapToObj(i -> "\"country " + i + "\"")
            .collect(Collectors.joining(" | ", "root ::= ", "")));
  }

  @Test
  void lengthIsLimited() {
    passes("root ::= \"a\" #" + " ".repeat(GrammarCheck.MAX_LENGTH - 14));
    refuses("root ::= \"a\" #" + " ".repeat(GrammarCheck.MAX_LENGTH - 13), "grammar length");
  }

  @Test
  void nestingIsLimited() {
    passes(nested(GrammarParser.MAX_NESTING));
    refuses(nested(GrammarParser.MAX_NESTING + 1), "101 groups in one another");
    refuses(nested(500_000), "101 groups in one another");
  }

  @Test
  void parenthesesOfTheTextAreNoGroups() {
    passes("# " + "(".repeat(1000) + "\nroot ::= \"" + "(".repeat(1000) + "\" [()] [(] [\\](]");
    refuses("root ::= " + "(\")\" ".repeat(1000) + "\"a\"" + ")".repeat(1000), "groups");
  }

  @Test
  void repetitionsCountWrittenOut() {
    passes("root ::= \"" + "a".repeat(90) + "\"{2000}");
    refuses("root ::= \"" + "a".repeat(100) + "\"{2000}", "with all repetitions written out");
    refuses("root ::= \"" + "a".repeat(1_000_000) + "\"{2000}", "written out");
    refuses("root ::= ([ab]{0,99}){0,99}", "repetitions within repetitions");
    refuses("root ::= \"a\"" + "+".repeat(2000), "written out");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "root ::= \"a\" | root \"b\"",
        "root ::= \"a\" | b \"c\"\nb ::= \"d\" | root",
        "root ::= [ ]** \"a\"",
        // llama.cpp does not see that s may be empty, and would push a b for ever
        "root ::= s root \"b\" | \"a\"\ns ::= [ ]*",
        "root ::= \"a\"\nunused ::= s unused \"b\" | \"a\"\ns ::= ([ ]*)",
        "root ::= s b\nb ::= s root | \"a\"\ns ::= [ ]*",
      })
  void leftRecursionIsRefused(String grammar) {
    refuses(grammar, "left recursion");
  }

  @Test
  void leftRecursionSaysWhere() {
    refuses("root ::= a\na ::= b \"x\"\nb ::= a | \"y\"", "line 2, column 1: left recursion");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "root ::= \"a\" root | \"\"",
        "root ::= ([a]*)*",
        "root ::= (([a]*)*)* \"b\"",
        "root ::= \"(\" root \")\" | \"a\"",
      })
  void otherRecursionPasses(String grammar) {
    passes(grammar);
  }

  @Test
  void chainsOfRulesAreLimited() {
    passes(chain(GrammarCheck.MAX_CHAIN - 10, "N"));
    refuses(chain(GrammarCheck.MAX_CHAIN, "N"), "chain of more than 500 rules");
    refuses(chain(20_000, "N"), "chain of more than 500 rules");
    passes(chain(5000, "\"a\" N"));
    refuses("root ::= \"a\"*" + "?".repeat(600), "chain");
  }

  @Test
  void waysToTheSameRuleAreLimited() {
    passes(chain(10, "N | N"));
    refuses(chain(40, "N | N"), "in too many ways");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "root ::= (\"a\"?){1000}",
        "root ::= \"x\" (([a-z]?){1000} | \"b\")",
        "root ::= (\"a\" | \"a\" | \"a\")*",
        "root ::= \"x\" root \"a\" | \"x\" root \"b\" | \"y\"",
        "root ::= \"(\" root \")\" | \"(\" root \",\" root \")\" | \"a\"",
        // the most ambiguous character leads nowhere, the next one on and on
        "root ::= \"e\" | \"e\" | \"e\" | \"(\" root \")\" | \"(\" root \"]\"",
        // nor does any character of the first choice come to the other one
        "root ::= [a-z]{30} | \"1\" list\nlist ::= \"x\" list \"a\" | \"x\" list \"b\" | \"y\"",
      })
  void explodingStacksAreRefused(String grammar) {
    refuses(grammar, AMBIGUOUS);
  }

  @Test
  void stacksThatExplodeBeforeAnyTextAreRefused() {
    refuses(chain(8, "N \"a\" | N \"b\" | N \"c\""), "ways to go on after 0 characters");
  }

  @Test
  void whatIsNeverReachedMayBeAmbiguous() {
    passes("root ::= \"a\"\nunused ::= \"x\" unused \"a\" | \"x\" unused \"b\" | \"y\"");
  }

  @Test
  void theSameChoiceWrittenShortPasses() {
    passes("root ::= \"a\"{0,1000}");
    passes("root ::= \"x\" root [ab] | \"y\"");
    passes("root ::= \"(\" root (\",\" root)? \")\" | \"a\"");
  }

  @Test
  void charactersToCompareAreLimited() {
    String ideographs =
        IntStream.range(0x4e00, 0x4e00 + 9000)
            .mapToObj(Character::toString)
            .collect(Collectors.joining("", "[", "]"));
    passes("root ::= " + ideographs);
    refuses("root ::= " + ideographs + " | " + ideographs + " \"!\"", "characters to compare");
  }

  @Test
  void itsOwnTimeIsLimited() {
    String common = "\ncommon ::=" + " [ab]?".repeat(12);
    passes(chain(100, "common | \"x\" N") + common);
    refuses(chain(10_000, "common | \"x\" N") + common, "too complex");
  }
}
