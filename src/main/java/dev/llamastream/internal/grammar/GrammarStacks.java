package dev.llamastream.internal.grammar;

import dev.llamastream.internal.grammar.GrammarParser.Element;
import dev.llamastream.internal.grammar.GrammarParser.Grammar;
import dev.llamastream.internal.grammar.GrammarParser.Kind;
import dev.llamastream.internal.grammar.GrammarParser.Rule;
import dev.llamastream.internal.grammar.ParseStack.Expansion;
import dev.llamastream.internal.grammar.StackSets.Start;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntConsumer;

/**
 * Estimates how many parse stacks llama.cpp would hold for a grammar. It keeps one per way to parse
 * the text so far, and an ambiguous grammar may double them with each character. This class
 * therefore reads the most ambiguous text that it finds, from each rule on, and refuses a grammar
 * whose stacks explode.
 */
final class GrammarStacks {

  /**
   * In characters: how long a model may repeat itself senselessly, for instance opening
   * parentheses.
   */
  static final int MAX_TEXT = 24;

  /** In characters: how much a long token of a vocabulary may have in common with a text. */
  static final int MAX_TOKEN = 16;

  /** llama.cpp compares each stack with each token of the vocabulary. */
  static final int MAX_STACKS = 4096;

  /**
   * Characters in the classes that may come next: comparing them with 50,000 tokens takes 0.3 s.
   */
  static final int MAX_WIDTH = 16_384;

  /** The steps of {@code llama_grammar_accept} for a character, some 70 ns each: 0.2 s. */
  static final long MAX_STEPS = 3_000_000;

  /**
   * The steps of {@code llama_grammar_reject_candidates} for a token that finally does not match.
   * It reads the token once per parse, even if several parses have reached the same stacks.
   */
  static final long MAX_TOKEN_STEPS = 12_000_000;

  private static final long MANY_READINGS = 1L << 40;
  private static final int STEPS_OF_STACK = 10;
  private static final int STEPS_OF_READING = 30;

  /** The number of stacks that this check may visit, which bounds its own time. */
  private static final int MAX_WORK = 2_000_000;

  /** How many characters to try as the next one of the text. */
  private static final int TRIES = 4;

  /** A place in a rule that leads to this many stacks is examined separately. */
  private static final int MANY_STACKS = 8;

  // token ids are numbered after the code points
  private static final long TOKENS = 1L << 33;
  private static final long END = 1L << 34;

  private final String text;
  private final List<Rule> rules;
  private final int root;
  private final boolean[] mayBeEmpty;
  private final int[] places;
  private final List<Start> starts = new ArrayList<>();
  private final StackSets read = new StackSets();
  private final Element[] elements;
  private final Map<Integer, long[]> ranges = new HashMap<>();
  private int work;

  /** For a grammar without left recursion; {@code mayBeEmpty} tells which rules may be empty. */
  GrammarStacks(String text, Grammar grammar, boolean[] mayBeEmpty) {
    this.text = text;
    this.rules = grammar.rules();
    this.root = grammar.root();
    this.mayBeEmpty = mayBeEmpty;
    this.places = new int[rules.size()];
    List<Element> all = new ArrayList<>();
    for (int rule = 0; rule < places.length; rule++) {
      places[rule] = all.size();
      all.addAll(rules.get(rule).elements());
    }
    this.elements = all.toArray(Element[]::new);
  }

  void check() {
    BitSet reachable = reachable();
    // a repetition becomes several rules, each containing the previous one: keep only the last
    Map<Integer, Integer> rulesByOffset = new TreeMap<>();
    reachable.stream().forEach(rule -> rulesByOffset.put(rules.get(rule).offset(), rule));
    rulesByOffset.values().forEach(this::findRule);
    reachable.stream().forEach(this::findMiddles);
    // the larger a set of stacks, the more others it contains
    starts.sort(Comparator.comparingInt((Start start) -> start.stacks().size()).reversed());
    for (Start start : starts) {
      if (read.addUnlessContained(start.stacks())) {
        read(start.rule(), start.from());
      }
    }
  }

  private BitSet reachable() {
    BitSet reachable = new BitSet();
    Deque<Integer> todo = new ArrayDeque<>(List.of(root));
    reachable.set(root);
    while (!todo.isEmpty()) {
      for (Element element : rules.get(todo.remove()).elements()) {
        if (element.kind() == Kind.RULE && !reachable.get(element.value())) {
          reachable.set(element.value());
          todo.add(element.value());
        }
      }
    }
    return reachable;
  }

  private void findRule(int rule) {
    ParseStack empty = ParseStack.empty();
    List<ParseStack> alternatives = new ArrayList<>();
    forEachAlternative(rule, i -> alternatives.add(endsSequence(i) ? empty : empty.push(i)));
    find(rule, alternatives);
  }

  /** Finds places after a character, which the most ambiguous text may not have reached. */
  private void findMiddles(int rule) {
    int end = places[rule] + rules.get(rule).elements().size();
    for (int i = places[rule] + 1; i < end; i++) {
      Element before = elements[i - 1];
      boolean found =
          before.kind().endsSequence()
              || (before.kind() == Kind.RULE && mayBeEmpty[before.value()]);
      if (elements[i].kind() == Kind.RULE && !found) {
        ParseStack start = ParseStack.empty().push(i);
        if (expand(start, rule).stacks().size() >= MANY_STACKS) {
          find(rule, List.of(start));
        }
      }
    }
  }

  private void find(int rule, List<ParseStack> from) {
    Set<Long> stacks = new HashSet<>();
    from.forEach(stack -> expand(stack, rule).stacks().forEach(s -> stacks.add(s.identity)));
    starts.add(new Start(rule, from, stacks));
  }

  private void read(int rule, List<ParseStack> from) {
    Readings start = new Readings(rule, 0, 0);
    from.forEach(stack -> start.add(expand(stack, rule), 1));
    Readings readings = start;
    while (readings.length < MAX_TEXT && readings.all > 0) {
      Readings most = new Readings(rule, MAX_TEXT, 0);
      for (long character : readings.next()) {
        Readings next = readings.after(character);
        if (next.all > most.all) {
          most = next;
        }
      }
      if (most.counts.equals(readings.counts)) {
        return;
      }
      readings = most;
    }
  }

  /** The stacks after a text of some length, and how many parses end in each. */
  private final class Readings {
    private final int rule;
    private final int length;
    private final Map<ParseStack, Long> counts = new LinkedHashMap<>();
    private long all;
    private long width;
    private long steps;
    private long tokenSteps;

    Readings(int rule, int length, long tokenSteps) {
      this.rule = rule;
      this.length = length;
      this.tokenSteps = tokenSteps;
    }

    Readings after(long character) {
      Readings next = new Readings(rule, length + 1, tokenSteps);
      counts.forEach(
          (stack, count) -> {
            if (stack.below != null && matches(ranges(stack.top), character)) {
              int place = afterClass(stack.top);
              ParseStack rest = endsSequence(place) ? stack.below : stack.below.push(place);
              next.add(expand(rest, rule), count);
            }
          });
      return next;
    }

    void add(Expansion expansion, long count) {
      for (ParseStack stack : expansion.stacks()) {
        if (!counts.containsKey(stack) && stack.below != null) {
          width += afterClass(stack.top) - stack.top;
        }
        counts.merge(stack, count, (a, b) -> Math.min(a + b, MANY_READINGS));
        all += count;
      }
      spend(rule, expansion.stacks().size());
      // each new stack is compared with the existing ones
      steps += expansion.steps() + (long) expansion.stacks().size() * counts.size() / 16;
      if (length > 0 && length <= MAX_TOKEN) {
        tokenSteps += count * (STEPS_OF_READING + expansion.steps());
      }
      if (width > MAX_WIDTH) {
        throw refusal(
            rule,
            String.format(
                Locale.ROOT,
                "more than %1$,d characters to compare with, must be at most %1$,d",
                MAX_WIDTH));
      }
      if (counts.size() > MAX_STACKS || steps > MAX_STEPS || tokenSteps > MAX_TOKEN_STEPS) {
        throw tooAmbiguous(rule, length);
      }
    }

    /** The characters or tokens that the most parses allow next. */
    List<Long> next() {
      TreeMap<Long, Long> changes = new TreeMap<>();
      counts.forEach(
          (stack, count) -> {
            long[] bounds = stack.below == null ? new long[0] : ranges(stack.top);
            for (int i = 0; i < bounds.length; i += 2) {
              changes.merge(bounds[i], count, Long::sum);
              changes.merge(bounds[i + 1], -count, Long::sum);
            }
          });
      Map<Long, Long> allowed = new LinkedHashMap<>();
      long count = 0;
      for (Map.Entry<Long, Long> change : changes.entrySet()) {
        count += change.getValue();
        if (count > 0) {
          allowed.put(change.getKey(), count);
        }
      }
      return allowed.entrySet().stream()
          .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
          .limit(TRIES)
          .map(Map.Entry::getKey)
          .toList();
    }
  }

  private IllegalArgumentException tooAmbiguous(int rule, int length) {
    return refusal(
        rule,
        String.format(
            Locale.ROOT,
            "more ways to go on after %d characters than llama.cpp can follow, must be fewer: let"
                + " alternatives begin differently, let no repetition begin where another may end,"
                + " write x{0,9} for x? x? x? ...",
            length));
  }

  private IllegalArgumentException refusal(int rule, String reason) {
    return GrammarText.refusal(text, rules.get(rule).offset(), reason);
  }

  /** Mirrors {@code llama_grammar_advance_stack}. */
  private Expansion expand(ParseStack from, int rule) {
    if (from.expansion != null) {
      return from.expansion;
    }
    List<ParseStack> stacks = new ArrayList<>();
    Set<ParseStack> seen = new HashSet<>();
    Deque<ParseStack> todo = new ArrayDeque<>(List.of(from));
    long steps = 0;
    while (!todo.isEmpty()) {
      ParseStack stack = todo.pop();
      if (!seen.add(stack)) {
        continue;
      }
      spend(rule, 1);
      steps += STEPS_OF_STACK + stack.depth;
      ParseStack below = stack.below;
      if (below == null || elements[stack.top].kind() != Kind.RULE) {
        stacks.add(stack);
      } else {
        ParseStack rest = endsSequence(stack.top + 1) ? below : below.push(stack.top + 1);
        int callee = elements[stack.top].value();
        steps += rules.get(callee).elements().size() / 8;
        forEachAlternative(callee, i -> todo.push(endsSequence(i) ? rest : rest.push(i)));
      }
      if (stacks.size() > MAX_STACKS || steps > MAX_STEPS) {
        throw tooAmbiguous(rule, 0);
      }
    }
    Expansion expansion = new Expansion(stacks, steps);
    from.expansion = expansion;
    return expansion;
  }

  private void spend(int rule, int stacks) {
    work += stacks;
    if (work > MAX_WORK) {
      throw refusal(rule, "too complex from here on, must have fewer rules or alternatives");
    }
  }

  private void forEachAlternative(int rule, IntConsumer action) {
    int i = places[rule];
    action.accept(i);
    for (; elements[i].kind() != Kind.END; i++) {
      if (elements[i].kind() == Kind.ALTERNATIVE) {
        action.accept(i + 1);
      }
    }
  }

  private boolean endsSequence(int place) {
    return elements[place].kind().endsSequence();
  }

  /** The place after this character class or token. */
  private int afterClass(int place) {
    int after = place + 1;
    while (elements[after].kind().continuesClass()) {
      after++;
    }
    return after;
  }

  private static boolean matches(long[] bounds, long character) {
    for (int i = 0; i < bounds.length; i += 2) {
      if (bounds[i] <= character && character < bounds[i + 1]) {
        return true;
      }
    }
    return false;
  }

  /** What the element matches: first and end of each range, without overlaps. */
  private long[] ranges(int place) {
    return ranges.computeIfAbsent(
        place,
        _ -> {
          Kind kind = elements[place].kind();
          long value = Integer.toUnsignedLong(elements[place].value());
          return switch (kind) {
            case CHAR_ANY -> new long[] {0, TOKENS};
            case TOKEN -> new long[] {TOKENS + value, TOKENS + value + 1};
            case TOKEN_NOT -> new long[] {TOKENS, TOKENS + value, TOKENS + value + 1, END};
            default -> classRanges(place, kind == Kind.CHAR_NOT);
          };
        });
  }

  private long[] classRanges(int place, boolean inverted) {
    TreeMap<Long, Integer> changes = new TreeMap<>();
    int after = afterClass(place);
    for (int i = place; i < after; i++) {
      long first = Integer.toUnsignedLong(elements[i].value());
      long last = first;
      if (elements[i + 1].kind() == Kind.CHAR_RANGE_END) {
        i++;
        last = Integer.toUnsignedLong(elements[i].value());
      }
      if (first <= last) {
        changes.merge(first, 1, Integer::sum);
        changes.merge(last + 1, -1, Integer::sum);
      }
    }
    List<Long> bounds = new ArrayList<>();
    if (inverted) {
      bounds.add(0L);
    }
    int open = 0;
    for (Map.Entry<Long, Integer> change : changes.entrySet()) {
      int before = open;
      open += change.getValue();
      if ((before == 0) != (open == 0)) {
        bounds.add(change.getKey());
      }
    }
    if (inverted) {
      bounds.add(TOKENS);
    }
    return bounds.stream().mapToLong(Long::longValue).toArray();
  }
}
