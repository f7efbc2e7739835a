package dev.llamastream.cli;

import dev.llamastream.store.Preference;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** What a model is for. */
final class PurposeOption implements ITypeConverter<Preference> {

  @Override
  public Preference convert(String value) {
    for (Preference preference : Preference.values()) {
      if (preference.name().equalsIgnoreCase(value)) {
        return preference;
      }
    }
    throw new TypeConversionException(
        String.format(Locale.ROOT, "'%s' is not one of balanced, speed, quality, memory", value));
  }
}
