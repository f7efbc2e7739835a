package dev.llamastream.chat;

import dev.llamastream.InvalidValueException;
import dev.llamastream.internal.TextCheck;
import dev.llamastream.internal.json.SchemaCheck;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A function that a model may ask for. Immutable.
 *
 * @since 0.1.0
 */
public final class Tool {

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.:/-]{1,128}");

  private final Values values;

  private Tool(String name, String description, String parameters) {
    values = new Values(name, description, parameters);
  }

  /**
   * Creates a tool.
   *
   * @param name 1 to 128 letters, digits and any of {@code _ . : / -}
   * @param description what it does, for the model; may be empty
   * @param parameters a JSON schema of an object, as text; see docs/structured.md
   * @throws IllegalArgumentException if a value is not of this kind
   */
  public static Tool of(String name, String description, String parameters) {
    return new Tool(name, description, parameters);
  }

  /** The name. */
  public String name() {
    return values.name();
  }

  /** What it does. */
  public String description() {
    return values.description();
  }

  /** The JSON schema of its parameters. */
  public String parameters() {
    return values.parameters();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Tool that && values.equals(that.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  @Override
  public String toString() {
    return values.toString().replaceFirst("Values", "Tool");
  }

  private record Values(String name, String description, String parameters) {
    private Values {
      TextCheck.check("name", name);
      if (!NAME.matcher(name).matches()) {
        throw new InvalidValueException(
            "name", String.format(Locale.ROOT, "\"%s\", must match %s", name, NAME.pattern()));
      }
      TextCheck.check("description", description);
      SchemaCheck.check("parameters", TextCheck.check("parameters", parameters));
    }
  }
}
