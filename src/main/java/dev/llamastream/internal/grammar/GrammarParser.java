package dev.llamastream.internal.grammar;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Parses GBNF to the same rules as llama.cpp's parser ({@code llama-grammar.cpp}), in which groups
 * and repetitions become separate rules. Refuses what that parser refuses, and what would overload
 * it.
 */
final class GrammarParser {

  /** llama.cpp's {@code llama_gretype}. */
  enum Kind {
    END,
    ALTERNATIVE,
    RULE,
    CHAR,
    CHAR_NOT,
    CHAR_ANY,
    CHAR_RANGE_END,
    CHAR_MORE,
    TOKEN,
    TOKEN_NOT;

    /** Whether an alternative ends before this element. */
    boolean endsSequence() {
      return this == END || this == ALTERNATIVE;
    }

    /** Whether this element continues the character class of the previous one. */
    boolean continuesClass() {
      return this == CHAR_RANGE_END || this == CHAR_MORE;
    }
  }

  /**
   * One element of a rule.
   *
   * @param value a code point, a token id or the number of a rule
   */
  record Element(Kind kind, int value) {}

  /**
   * A rule.
   *
   * @param offset where the grammar defines it or, while it is undefined, first uses it
   * @param elements its alternatives, with an END at the end; empty if undefined
   */
  record Rule(int offset, List<Element> elements) {}

  /** The rules, all of them defined, and the number of the root rule. */
  record Grammar(List<Rule> rules, int root) {}

  /**
   * llama.cpp's parser recurses into groups, and each takes some 700 bytes of the thread's stack.
   */
  static final int MAX_NESTING = 100;

  /** The rule of a group or a repetition has the name of its enclosing rule with a suffix. */
  static final int MAX_NAME = 500;

  /** The text goes to the tokenizer, which is slow with long texts. */
  static final int MAX_TOKEN_TEXT = 1000;

  /** llama.cpp's own {@code MAX_REPETITION_THRESHOLD}; a higher maximum means no maximum. */
  static final int MAX_REPETITIONS = 2000;

  /** Repetitions copy what they repeat, so a short grammar could exhaust memory. */
  static final int MAX_ELEMENTS = 200_000;

  private static final long NO_MAXIMUM = Long.MAX_VALUE;

  private final GrammarText text;
  private final Map<String, Integer> ids = new HashMap<>();
  private final List<Rule> rules = new ArrayList<>();
  private int nesting;
  private long elements;

  private GrammarParser(String text) {
    this.text = new GrammarText(text);
  }

  /** Parses a grammar without NUL characters. */
  static Grammar parse(String grammar) {
    return new GrammarParser(grammar).parse();
  }

  private Grammar parse() {
    text.skipSpace(true);
    while (text.peek() != GrammarText.END) {
      parseRule();
    }
    Integer root = ids.get("root");
    if (root == null) {
      throw text.refusal(0, "no rule root, must be defined");
    }
    for (Rule rule : rules) {
      if (rule.elements().isEmpty()) {
        String name = text.nameAt(rule.offset());
        throw text.refusal(rule.offset(), "rule " + name + " is undefined, must be defined");
      }
    }
    return new Grammar(List.copyOf(rules), root);
  }

  private void parseRule() {
    int start = text.offset();
    int id = parseName();
    text.skipSpace(false);
    text.expect("::=", "::=");
    text.skipSpace(true);
    parseAlternatives(id, start);
    switch (text.peek()) {
      case '\r', '\n' -> text.skipSpace(true);
      case GrammarText.END -> {}
      default -> throw text.unexpected("an item, an operator, | or the end of the line");
    }
  }

  private int parseName() {
    int start = text.offset();
    String name = text.nameAt(start);
    if (name.isEmpty()) {
      throw text.unexpected("the name of a rule, of letters, digits and -");
    }
    if (name.length() > MAX_NAME) {
      throw text.refusal(
          start,
          String.format(
              Locale.ROOT,
              "a name of %d characters, must be of at most %d",
              name.length(),
              MAX_NAME));
    }
    text.skip(name.length());
    return ids.computeIfAbsent(name, _ -> addRule(start));
  }

  private int addRule(int offset) {
    rules.add(new Rule(offset, List.of()));
    return rules.size() - 1;
  }

  private void parseAlternatives(int id, int offset) {
    Sequence sequence = new Sequence();
    sequence.parse();
    while (text.peek() == '|') {
      sequence.add(Kind.ALTERNATIVE, 0);
      text.skip(1);
      text.skipSpace(true);
      sequence.parse();
    }
    sequence.add(Kind.END, 0);
    rules.set(id, new Rule(offset, List.copyOf(sequence.elements)));
  }

  private void countElements(long more) {
    elements += more;
    if (elements > MAX_ELEMENTS) {
      throw text.refusal(
          text.offset(),
          String.format(
              Locale.ROOT,
              "%d elements with all repetitions written out, must be at most %d",
              elements,
              MAX_ELEMENTS));
    }
  }

  /**
   * The elements of a rule's alternatives, added in the order of llama.cpp's {@code
   * parse_sequence}.
   */
  private final class Sequence {
    private final List<Element> elements = new ArrayList<>();
    private int item;
    private long rulesOfItem;

    void parse() {
      begin();
      while (parseItem()) {
        text.skipSpace(nesting > 0);
      }
    }

    private boolean parseItem() {
      int start = text.offset();
      switch (text.peek()) {
        case '"' -> literal();
        case '[' -> characterClass();
        case '<', '!' -> token();
        case '(' -> group(start);
        case '.' -> {
          begin();
          add(Kind.CHAR_ANY, 0);
          text.skip(1);
        }
        case '*' -> operator(start, 0, NO_MAXIMUM);
        case '+' -> operator(start, 1, NO_MAXIMUM);
        case '?' -> operator(start, 0, 1);
        case '{' -> braces(start);
        default -> {
          if (!text.atName()) {
            return false;
          }
          begin();
          add(Kind.RULE, parseName());
        }
      }
      return true;
    }

    private void begin() {
      item = elements.size();
      rulesOfItem = 1;
    }

    private void add(Kind kind, int value) {
      countElements(1);
      elements.add(new Element(kind, value));
    }

    private void literal() {
      begin();
      text.skip(1);
      while (text.peek() != '"') {
        add(Kind.CHAR, text.character("\" at the end of the literal"));
      }
      text.skip(1);
    }

    private void characterClass() {
      begin();
      text.skip(1);
      Kind kind = Kind.CHAR;
      if (text.peek() == '^') {
        text.skip(1);
        kind = Kind.CHAR_NOT;
      }
      while (text.peek() != ']') {
        add(kind, text.character("] at the end of the character class"));
        kind = Kind.CHAR_MORE;
        if (text.peek() == '-' && !text.at("-]")) {
          text.skip(1);
          add(Kind.CHAR_RANGE_END, text.character("the last character of a range"));
        }
      }
      text.skip(1);
    }

    private void token() {
      begin();
      Kind kind = Kind.TOKEN;
      if (text.peek() == '!') {
        text.skip(1);
        kind = Kind.TOKEN_NOT;
      }
      int start = text.offset();
      text.expect("<", "<");
      if (text.peek() == '[') {
        text.skip(1);
        add(kind, (int) text.number("a token's id", Integer.MAX_VALUE));
        text.expect("]>", "]>");
        return;
      }
      // Only the model knows which token this is, if any; the check treats all of them alike.
      add(kind, 0);
      text.skipBehind('>', "> at the end of the token");
      int length = text.offset() - start;
      if (length > MAX_TOKEN_TEXT) {
        throw text.refusal(
            start,
            String.format(
                Locale.ROOT,
                "a token of %d characters, must be of at most %d",
                length,
                MAX_TOKEN_TEXT));
      }
    }

    private void group(int start) {
      if (++nesting > MAX_NESTING) {
        throw text.refusal(
            start,
            String.format(
                Locale.ROOT, "%d groups in one another, must be at most %d", nesting, MAX_NESTING));
      }
      text.skip(1);
      text.skipSpace(true);
      int rulesBefore = rules.size();
      int id = addRule(start);
      parseAlternatives(id, start);
      text.expect(")", "an item, an operator, | or )");
      nesting--;
      begin();
      rulesOfItem = (long) rules.size() - rulesBefore;
      add(Kind.RULE, id);
    }

    private void operator(int start, long min, long max) {
      text.skip(1);
      repeat(start, min, max);
    }

    private void braces(int start) {
      text.skip(1);
      text.skipSpace(nesting > 0);
      long min = text.number("a number of repetitions", MAX_REPETITIONS);
      long max = min;
      text.skipSpace(nesting > 0);
      if (text.peek() == ',') {
        text.skip(1);
        text.skipSpace(nesting > 0);
        max = text.atDigit() ? maximum(min) : NO_MAXIMUM;
        text.skipSpace(nesting > 0);
        text.expect("}", "}");
      } else {
        text.expect("}", ", or }");
      }
      repeat(start, min, max > MAX_REPETITIONS ? NO_MAXIMUM : max);
    }

    /** llama.cpp subtracts the minimum from it without a check. */
    private long maximum(long min) {
      int start = text.offset();
      long max = text.number("a number of repetitions", Long.MAX_VALUE - 1);
      if (max < min) {
        throw text.refusal(
            start, String.format(Locale.ROOT, "%d, must be at least the minimum, %d", max, min));
      }
      return max;
    }

    /**
     * Mirrors {@code handle_repetitions}. S{m,n} becomes m times S and a rule for the rest: S' ::=
     * S S'' |, with S'' ::= S S''' | and so on. Without a maximum, the rule is S' ::= S S' |.
     */
    private void repeat(int start, long min, long max) {
      if (item == elements.size()) {
        throw text.refusal(start, "nothing to repeat, must follow an item that is not empty");
      }
      boolean endless = max == NO_MAXIMUM;
      rulesOfItem *= Math.max(1, endless ? min : max);
      if (rulesOfItem > MAX_REPETITIONS) {
        throw text.refusal(
            start,
            String.format(
                Locale.ROOT,
                "repetitions within repetitions make %d copies, must be at most %d",
                rulesOfItem,
                MAX_REPETITIONS));
      }
      List<Element> repeated = List.copyOf(elements.subList(item, elements.size()));
      long optional = endless ? 1 : max - min;
      countElements((min + optional) * (repeated.size() + 3));
      if (min == 0) {
        elements.subList(item, elements.size()).clear();
      }
      for (long i = 1; i < min; i++) {
        elements.addAll(repeated);
      }
      int last = -1;
      for (long i = 0; i < optional; i++) {
        int id = addRule(start);
        List<Element> rule = new ArrayList<>(repeated);
        if (endless || i > 0) {
          rule.add(new Element(Kind.RULE, endless ? id : last));
        }
        rule.add(new Element(Kind.ALTERNATIVE, 0));
        rule.add(new Element(Kind.END, 0));
        rules.set(id, new Rule(start, rule));
        last = id;
      }
      if (optional > 0) {
        elements.add(new Element(Kind.RULE, last));
      }
    }
  }
}
