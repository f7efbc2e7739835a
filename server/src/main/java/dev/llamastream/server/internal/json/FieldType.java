package dev.llamastream.server.internal.json;

/**
 * What a field of a request was read as. The OpenAPI document is made of it.
 *
 * @param min of a whole number
 * @param max of a whole number
 */
public record FieldType(Kind kind, long min, long max) {

  /** The kinds of values. */
  public enum Kind {
    /** Read by code that looks at the value itself. */
    ANY,
    /** A text. */
    TEXT,
    /** A text, or a list of texts. */
    TEXTS,
    /** A whole number. */
    INTEGER,
    /** A finite number. */
    NUMBER,
    /** True or false. */
    BOOLEAN,
    /** An object. */
    OBJECT,
    /** A list of objects. */
    OBJECTS
  }

  static final FieldType ANY = new FieldType(Kind.ANY);
  static final FieldType TEXT = new FieldType(Kind.TEXT);
  static final FieldType TEXTS = new FieldType(Kind.TEXTS);
  static final FieldType NUMBER = new FieldType(Kind.NUMBER);
  static final FieldType BOOLEAN = new FieldType(Kind.BOOLEAN);
  static final FieldType OBJECT = new FieldType(Kind.OBJECT);
  static final FieldType OBJECTS = new FieldType(Kind.OBJECTS);

  private FieldType(Kind kind) {
    this(kind, 0, 0);
  }

  static FieldType integer(long min, long max) {
    return new FieldType(Kind.INTEGER, min, max);
  }

  /** The type of a field that was read as this first: the last one that says something. */
  FieldType then(FieldType later) {
    return later.kind == Kind.ANY ? this : later;
  }
}
