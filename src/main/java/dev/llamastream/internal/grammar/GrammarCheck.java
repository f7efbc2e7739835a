package dev.llamastream.internal.grammar;

import static dev.llamastream.internal.grammar.GrammarText.refusal;

import dev.llamastream.internal.Check;
import dev.llamastream.internal.grammar.GrammarParser.Element;
import dev.llamastream.internal.grammar.GrammarParser.Grammar;
import dev.llamastream.internal.grammar.GrammarParser.Kind;
import dev.llamastream.internal.grammar.GrammarParser.Rule;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.function.IntConsumer;

/**
 * Checks whether llama.cpp can process a GBNF grammar safely. Its grammar code trusts a grammar.
 * Some grammars overflow its stack, exhaust memory, or keep it busy for hours without reacting to a
 * cancel.
 */
public final class GrammarCheck {

  /** In chars. No grammar from a person or a JSON schema is longer. */
  static final int MAX_LENGTH = 1 << 20;

  /**
   * {@code llama_grammar_detect_left_recursion} recurses from a rule into those it may begin with.
   */
  static final int MAX_CHAIN = 500;

  /**
   * The same function visits a rule once per path that leads to it; this limit takes some 20 ms.
   */
  static final long MAX_LEFT_STEPS = 5_000_000;

  private final String text;
  private final Grammar grammar;
  private final List<Rule> rules;

  private GrammarCheck(String text) {
    this.text = text;
    this.grammar = GrammarParser.parse(text);
    this.rules = grammar.rules();
  }

  /**
   * Checks a grammar. The empty text, which means no grammar, passes.
   *
   * @throws IllegalArgumentException if llama.cpp would refuse the grammar or fail on it, with the
   *     place and the reason
   */
  public static void check(String grammar) {
    if (grammar.isEmpty()) {
      return;
    }
    Check.range("grammar", "length", grammar.length(), 0, MAX_LENGTH);
    checkCharacters(grammar);
    new GrammarCheck(grammar).check();
  }

  private static void checkCharacters(String grammar) {
    for (int i = 0; i < grammar.length(); i += Character.charCount(grammar.codePointAt(i))) {
      int c = grammar.codePointAt(i);
      if (c == 0) {
        throw refusal(grammar, i, "a NUL character, must be written \\x00");
      }
      if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
        throw refusal(grammar, i, "half a surrogate pair, must be whole");
      }
    }
  }

  private void check() {
    boolean[] mayBeEmpty = mayBeEmpty();
    checkLeftRecursion(mayBeEmpty);
    new GrammarStacks(text, grammar, mayBeEmpty).check();
  }

  /** Which rules can match the empty text. */
  private boolean[] mayBeEmpty() {
    boolean[] result = new boolean[rules.size()];
    // For each rule, the alternatives that contain it and consist of rules only.
    List<List<int[]>> uses = new ArrayList<>();
    rules.forEach(_ -> uses.add(new ArrayList<>()));
    Deque<Integer> found = new ArrayDeque<>();
    for (int rule = 0; rule < rules.size(); rule++) {
      List<Element> elements = rules.get(rule).elements();
      int start = 0;
      for (int i = 0; i < elements.size(); i++) {
        if (elements.get(i).kind().endsSequence()) {
          List<Element> alternative = elements.subList(start, i);
          start = i + 1;
          if (alternative.stream().allMatch(e -> e.kind() == Kind.RULE)) {
            int[] ruleAndMissing = {rule, alternative.size()};
            alternative.forEach(e -> uses.get(e.value()).add(ruleAndMissing));
            if (alternative.isEmpty() && !result[rule]) {
              result[rule] = true;
              found.add(rule);
            }
          }
        }
      }
    }
    while (!found.isEmpty()) {
      for (int[] ruleAndMissing : uses.get(found.remove())) {
        if (--ruleAndMissing[1] == 0 && !result[ruleAndMissing[0]]) {
          result[ruleAndMissing[0]] = true;
          found.add(ruleAndMissing[0]);
        }
      }
    }
    return result;
  }

  /**
   * llama.cpp refuses left recursion, but considers a rule possibly empty only if it has an empty
   * alternative. Left recursion that it misses makes its stacks grow forever.
   */
  private void checkLeftRecursion(boolean[] mayBeEmpty) {
    int[] order = calledBeforeCallee(mayBeEmpty);
    boolean[] hasEmptyAlternative = new boolean[rules.size()];
    for (int rule = 0; rule < rules.size(); rule++) {
      hasEmptyAlternative[rule] = hasEmptyAlternative(rules.get(rule));
    }
    int[] chain = new int[rules.size()];
    long[] steps = new long[rules.size()];
    long allSteps = 0;
    for (int i = order.length - 1; i >= 0; i--) {
      int rule = order[i];
      steps[rule] = rules.get(rule).elements().size();
      forEachFirst(
          rule,
          hasEmptyAlternative,
          true,
          first -> {
            if (first == rule) {
              throw refusal(
                  text,
                  rules.get(rule).offset(),
                  "left recursion, must not repeat what may be empty");
            }
            chain[rule] = Math.max(chain[rule], chain[first] + 1);
            steps[rule] += steps[first];
          });
      if (chain[rule] >= MAX_CHAIN) {
        throw refusal(
            text,
            rules.get(rule).offset(),
            String.format(
                Locale.ROOT,
                "begins with a chain of more than %1$d rules, must be at most %1$d",
                MAX_CHAIN));
      }
      allSteps += steps[rule];
      if (allSteps > MAX_LEFT_STEPS) {
        throw refusal(
            text,
            rules.get(rule).offset(),
            "begins with other rules in too many ways, must have fewer alternatives that begin with"
                + " the same rules");
      }
    }
  }

  private static boolean hasEmptyAlternative(Rule rule) {
    boolean start = true;
    for (Element element : rule.elements()) {
      if (start && element.kind().endsSequence()) {
        return true;
      }
      start = element.kind().endsSequence();
    }
    return false;
  }

  /** The rules in topological order: each before the rules that it may begin with. */
  private int[] calledBeforeCallee(boolean[] mayBeEmpty) {
    int[] callers = new int[rules.size()];
    for (int rule = 0; rule < rules.size(); rule++) {
      forEachFirst(rule, mayBeEmpty, false, first -> callers[first]++);
    }
    int[] order = new int[rules.size()];
    int[] ordered = {0};
    for (int rule = 0; rule < rules.size(); rule++) {
      if (callers[rule] == 0) {
        order[ordered[0]++] = rule;
      }
    }
    for (int i = 0; i < ordered[0]; i++) {
      forEachFirst(
          order[i],
          mayBeEmpty,
          false,
          first -> {
            if (--callers[first] == 0) {
              order[ordered[0]++] = first;
            }
          });
    }
    if (ordered[0] < order.length) {
      throw leftRecursion(oneOfCycle(callers, mayBeEmpty));
    }
    return order;
  }

  /** Each remaining rule has a remaining caller, so following the callers ends in a cycle. */
  private int oneOfCycle(int[] callers, boolean[] mayBeEmpty) {
    int[] caller = new int[rules.size()];
    Arrays.fill(caller, -1);
    int rule = -1;
    for (int r = 0; r < rules.size(); r++) {
      if (callers[r] > 0) {
        int from = r;
        forEachFirst(r, mayBeEmpty, false, first -> caller[first] = from);
        rule = r;
      }
    }
    for (int i = 0; i < rules.size(); i++) {
      rule = caller[rule];
    }
    return rule;
  }

  private IllegalArgumentException leftRecursion(int rule) {
    return refusal(
        text,
        rules.get(rule).offset(),
        "left recursion, must have a character or a token before it comes to itself again");
  }

  /**
   * The rules that a rule may begin with, once per occurrence.
   *
   * @param ownTail whether to include a rule's reference to itself in last place: repetitions are
   *     written that way, and it does not grow the stack
   */
  private void forEachFirst(int rule, boolean[] mayBeEmpty, boolean ownTail, IntConsumer action) {
    List<Element> elements = rules.get(rule).elements();
    boolean first = true;
    for (int i = 0; i < elements.size(); i++) {
      Element element = elements.get(i);
      if (element.kind().endsSequence()) {
        first = true;
      } else if (first) {
        first = element.kind() == Kind.RULE && mayBeEmpty[element.value()];
        boolean tail =
            element.kind() == Kind.RULE
                && element.value() == rule
                && elements.get(i + 1).kind().endsSequence();
        if (element.kind() == Kind.RULE && (ownTail || !tail)) {
          action.accept(element.value());
        }
      }
    }
  }
}
