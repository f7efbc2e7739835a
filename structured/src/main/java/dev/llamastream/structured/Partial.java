package dev.llamastream.structured;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.function.Function;

/**
 * A value as far as it has been generated. Immutable, if the JSON is not changed.
 *
 * @param <T> the type of the value
 * @since 0.1.0
 */
public final class Partial<T> {

  private final JsonNode json;
  private final boolean whole;
  private final Function<JsonNode, Optional<T>> reader;

  Partial(JsonNode json, boolean whole, Function<JsonNode, Optional<T>> reader) {
    this.json = json;
    this.whole = whole;
    this.reader = reader;
  }

  /**
   * The JSON so far. Objects and arrays may still grow. Strings and numbers are there when they are
   * complete.
   */
  public JsonNode json() {
    return json;
  }

  /**
   * The value that Jackson makes of {@link #json()}. What is missing is as Jackson leaves it: null,
   * 0 or {@link Optional#empty()}. Empty if Jackson cannot make one yet, for instance because a
   * constructor refuses null. Each call makes a new value.
   */
  public Optional<T> value() {
    return reader.apply(json);
  }

  /** Whether nothing more follows. The last partial of a stream is whole, and has a value. */
  public boolean whole() {
    return whole;
  }

  @Override
  public String toString() {
    return "Partial[json=" + json + ", whole=" + whole + "]";
  }
}
