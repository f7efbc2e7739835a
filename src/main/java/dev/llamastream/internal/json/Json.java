package dev.llamastream.internal.json;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A JSON value (RFC 8259). Immutable, if what it is made of is not changed. */
public sealed interface Json {

  /** An object. The members keep their order. */
  record Obj(Map<String, Json> members) implements Json {
    /** The member of this name, if there is one that is not null. */
    public Optional<Json> get(String name) {
      return Optional.ofNullable(members.get(name)).filter(value -> value != Null.NULL);
    }

    /** The text of the member of this name; empty if it is not a string. */
    public String text(String name) {
      return members.get(name) instanceof Str(String text) ? text : "";
    }

    /** The elements of the member of this name; none if it is not an array. */
    public List<Json> list(String name) {
      return members.get(name) instanceof Arr(List<Json> elements) ? elements : List.of();
    }

    @Override
    public String toString() {
      return JsonWriter.write(this);
    }
  }

  /** An array. */
  record Arr(List<Json> elements) implements Json {
    @Override
    public String toString() {
      return JsonWriter.write(this);
    }
  }

  /** A string. */
  record Str(String text) implements Json {
    @Override
    public String toString() {
      return JsonWriter.write(this);
    }
  }

  /** A number, as it is written. */
  record Num(String literal) implements Json {
    /** The value as an int; it must be one. */
    public int intValue() {
      return Integer.parseInt(literal);
    }

    @Override
    public String toString() {
      return literal;
    }
  }

  /** True or false. */
  record Bool(boolean value) implements Json {
    @Override
    public String toString() {
      return String.valueOf(value);
    }
  }

  /** Null. */
  enum Null implements Json {
    /** The only one. */
    NULL;

    @Override
    public String toString() {
      return "null";
    }
  }

  /**
   * Reads a JSON text.
   *
   * @throws IllegalArgumentException if it is none, or is nested more than {@value
   *     JsonReader#MAX_DEPTH} deep, with the place
   */
  static Json parse(String text) {
    return new JsonReader(text).read();
  }

  /** A string. */
  static Json of(String text) {
    return new Str(text);
  }

  /** True or false. */
  static Json of(boolean value) {
    return new Bool(value);
  }

  /** A number. */
  static Json of(long value) {
    return new Num(Long.toString(value));
  }

  /** An array. */
  static Json of(List<Json> elements) {
    return new Arr(elements);
  }

  /** A builder of an object. */
  static Builder object() {
    return new Builder();
  }

  /** Builds an object. */
  final class Builder {
    private final Map<String, Json> members = new LinkedHashMap<>();

    private Builder() {}

    /** Adds a member. */
    public Builder put(String name, Json value) {
      members.put(name, value);
      return this;
    }

    /** Adds a string. */
    public Builder put(String name, String text) {
      return put(name, of(text));
    }

    /** Adds true or false. */
    public Builder put(String name, boolean value) {
      return put(name, of(value));
    }

    /** Adds a string that is not empty. */
    public Builder putUnlessEmpty(String name, String text) {
      return text.isEmpty() ? this : put(name, text);
    }

    /** Builds the object. */
    public Obj build() {
      return new Obj(members);
    }
  }
}
