package dev.llamastream.internal;

import static java.util.Objects.requireNonNull;

import dev.llamastream.InvalidValueException;
import java.util.Locale;

/** Checks that native code sees the whole of a text. */
public final class TextCheck {

  private TextCheck() {}

  /** Refuses null, half a surrogate pair, and NUL, which would end a C string. */
  public static String check(String field, String text) {
    requireNonNull(text, field);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == 0) {
        throw new InvalidValueException(
            field, String.format(Locale.ROOT, "NUL at index %d, must have none", i));
      }
      if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
      } else if (Character.isSurrogate(c)) {
        throw new InvalidValueException(
            field,
            String.format(
                Locale.ROOT, "half a surrogate pair at index %d, must be whole characters", i));
      }
    }
    return text;
  }
}
