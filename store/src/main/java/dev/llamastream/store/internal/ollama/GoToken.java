package dev.llamastream.store.internal.ollama;

/**
 * A token of a Go template.
 *
 * @param text what it says, without the quotes, dots and dollars that its kind implies
 * @param afterSpace whether space stands before it, which separates arguments
 */
record GoToken(Kind kind, String text, boolean afterSpace) {

  enum Kind {
    /** Outside of actions. */
    TEXT,
    OPEN,
    CLOSE,
    /** A keyword, a function, true or false. */
    WORD,
    /** {@code .Name}. */
    FIELD,
    /** {@code $name}; empty for {@code $}. */
    VARIABLE,
    DOT,
    STRING,
    NUMBER,
    LEFT_PAREN,
    RIGHT_PAREN,
    PIPE,
    COMMA,
    ASSIGN,
    DECLARE,
    END
  }

  boolean is(Kind other) {
    return kind == other;
  }

  boolean isWord(String word) {
    return kind == Kind.WORD && text.equals(word);
  }
}
