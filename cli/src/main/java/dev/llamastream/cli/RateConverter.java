package dev.llamastream.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads requests per minute: {@code 60} or {@code 60/m}. */
final class RateConverter implements ITypeConverter<Integer> {

  private static final Pattern RATE = Pattern.compile("(\\d{1,7})(?:/m)?");

  @Override
  public Integer convert(String value) {
    Matcher rate = RATE.matcher(value);
    if (!rate.matches()) {
      throw new TypeConversionException(
          "'" + value + "' is not a number of requests per minute such as 60 or 60/m");
    }
    return Integer.valueOf(rate.group(1));
  }
}
