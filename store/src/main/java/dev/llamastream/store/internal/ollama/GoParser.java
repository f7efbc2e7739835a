package dev.llamastream.store.internal.ollama;

import dev.llamastream.store.internal.ollama.GoToken.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads a Go template into a tree. */
final class GoParser {

  /** Blocks and parentheses in one another. Both this parser and llama.cpp's are recursive. */
  private static final int MAX_DEPTH = 100;

  private static final Set<String> UNKNOWN_KEYWORDS = Set.of("define", "template", "block");

  private final List<GoToken> tokens;
  private int position;
  private int depth;
  private int ranges;

  private GoParser(List<GoToken> tokens) {
    this.tokens = tokens;
  }

  /**
   * The template's nodes.
   *
   * @throws UntranslatableException if it is malformed, or uses templates of its own
   */
  static List<GoNode> parse(String source) {
    GoParser parser = new GoParser(GoLexer.tokens(source));
    List<GoNode> nodes = parser.list();
    if (!parser.next().is(Kind.END)) {
      throw new UntranslatableException("an 'else' or 'end' without 'if'");
    }
    return nodes;
  }

  private GoToken peek() {
    return tokens.get(position);
  }

  private GoToken peek(int ahead) {
    return tokens.get(Math.min(position + ahead, tokens.size() - 1));
  }

  private GoToken next() {
    GoToken token = tokens.get(position);
    if (!token.is(Kind.END)) {
      position++;
    }
    return token;
  }

  private void expect(Kind kind) {
    GoToken token = next();
    if (!token.is(kind)) {
      throw unexpected(token);
    }
  }

  private static UntranslatableException unexpected(GoToken token) {
    return new UntranslatableException(
        token.is(Kind.END) ? "the end comes too early" : "'" + token.text() + "' at its place");
  }

  private void enter() {
    if (++depth > MAX_DEPTH) {
      throw new UntranslatableException("more than " + MAX_DEPTH + " blocks in one another");
    }
  }

  /** Nodes up to the end, an {@code else} or an {@code end}, whose opening brace is next. */
  private List<GoNode> list() {
    enter();
    List<GoNode> nodes = new ArrayList<>();
    while (!peek().is(Kind.END)
        && !(peek().is(Kind.OPEN) && (peek(1).isWord("else") || peek(1).isWord("end")))) {
      GoToken token = next();
      nodes.add(token.is(Kind.TEXT) ? new GoNode.Text(token.text()) : action());
    }
    depth--;
    return nodes;
  }

  private GoNode action() {
    GoToken word = peek();
    if (word.is(Kind.WORD)) {
      if (UNKNOWN_KEYWORDS.contains(word.text())) {
        throw new UntranslatableException("'" + word.text() + "'");
      }
      switch (word.text()) {
        case "if", "with", "range" -> {
          return control(next().text());
        }
        case "break", "continue" -> {
          if (ranges == 0) {
            throw unexpected(word);
          }
          next();
          expect(Kind.CLOSE);
          return word.text().equals("break") ? new GoNode.Break() : new GoNode.Continue();
        }
        default -> {}
      }
    }
    return new GoNode.Action(pipe(1, Kind.CLOSE));
  }

  private GoNode control(String word) {
    boolean range = word.equals("range");
    GoNode.Pipe pipe = pipe(range ? 2 : 1, Kind.CLOSE);
    ranges += range ? 1 : 0;
    List<GoNode> then = list();
    ranges -= range ? 1 : 0;
    List<GoNode> otherwise = List.of();
    expect(Kind.OPEN);
    if (next().isWord("else")) {
      if (!range && peek().isWord(word)) {
        next();
        enter();
        otherwise = List.of(control(word));
        depth--;
        return node(word, pipe, then, otherwise);
      }
      expect(Kind.CLOSE);
      otherwise = list();
      expect(Kind.OPEN);
      GoToken end = next();
      if (!end.isWord("end")) {
        throw unexpected(end);
      }
    }
    expect(Kind.CLOSE);
    return node(word, pipe, then, otherwise);
  }

  private static GoNode node(
      String word, GoNode.Pipe pipe, List<GoNode> then, List<GoNode> otherwise) {
    return switch (word) {
      case "if" -> new GoNode.If(pipe, then, otherwise);
      case "with" -> new GoNode.With(pipe, then, otherwise);
      default -> new GoNode.Range(pipe, then, otherwise);
    };
  }

  /** A pipe, with the token behind it. */
  private GoNode.Pipe pipe(int maxVariables, Kind end) {
    enter();
    List<String> variables = new ArrayList<>();
    boolean declares = false;
    if (peek().is(Kind.VARIABLE)
        && (peek(1).is(Kind.ASSIGN) || peek(1).is(Kind.DECLARE) || peek(1).is(Kind.COMMA))) {
      variables.add(next().text());
      if (peek().is(Kind.COMMA) && maxVariables == 2) {
        next();
        GoToken second = next();
        if (!second.is(Kind.VARIABLE)) {
          throw unexpected(second);
        }
        variables.add(second.text());
      }
      GoToken sign = next();
      declares = sign.is(Kind.DECLARE);
      if (!declares && !sign.is(Kind.ASSIGN)) {
        throw unexpected(sign);
      }
    }
    List<List<GoNode.Operand>> commands = new ArrayList<>();
    commands.add(command());
    while (peek().is(Kind.PIPE)) {
      next();
      commands.add(command());
    }
    expect(end);
    depth--;
    return new GoNode.Pipe(List.copyOf(variables), declares, List.copyOf(commands));
  }

  private List<GoNode.Operand> command() {
    List<GoNode.Operand> operands = new ArrayList<>();
    operands.add(operand());
    while (!peek().is(Kind.PIPE) && !peek().is(Kind.CLOSE) && !peek().is(Kind.RIGHT_PAREN)) {
      if (!peek().afterSpace()) {
        throw unexpected(peek());
      }
      operands.add(operand());
    }
    return List.copyOf(operands);
  }

  private GoNode.Operand operand() {
    GoToken token = next();
    return switch (token.kind()) {
      case FIELD -> {
        List<String> names = new ArrayList<>(List.of(token.text()));
        names.addAll(fields());
        yield new GoNode.Field(List.copyOf(names));
      }
      case VARIABLE -> new GoNode.Variable(token.text(), fields());
      case LEFT_PAREN -> {
        GoNode.Pipe pipe = pipe(1, Kind.RIGHT_PAREN);
        yield new GoNode.Parens(pipe, fields());
      }
      case DOT -> new GoNode.Dot();
      case STRING -> new GoNode.Str(token.text());
      case NUMBER -> new GoNode.Int(token.text());
      case WORD ->
          switch (token.text()) {
            case "nil" -> new GoNode.Nil();
            case "true", "false" -> new GoNode.Bool(token.text().equals("true"));
            default -> new GoNode.Function(token.text());
          };
      default -> throw unexpected(token);
    };
  }

  private List<String> fields() {
    List<String> fields = new ArrayList<>();
    while (peek().is(Kind.FIELD) && !peek().afterSpace()) {
      fields.add(next().text());
    }
    return List.copyOf(fields);
  }
}
