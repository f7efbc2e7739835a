package dev.llamastream.cli;

import java.math.BigInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a number of bytes: {@code 12G}, {@code 500M}. K, M, G and T are powers of 1024. */
final class SizeConverter implements ITypeConverter<Long> {

  /** A size with the groups number and unit. */
  static final String SIZE = "(\\d{1,19})([KMGT]?)(?:i?B)?";

  private static final Pattern PATTERN = Pattern.compile(SIZE);

  @Override
  public Long convert(String value) {
    Matcher size = PATTERN.matcher(value);
    if (!size.matches()) {
      throw new TypeConversionException("'" + value + "' is not a size such as 500M or 12G");
    }
    return bytes(size.group(1), size.group(2));
  }

  /** The number of bytes; 2^63 - 1 if it is larger. */
  static long bytes(String number, String unit) {
    int exponent = "KMGT".indexOf(unit.isEmpty() ? "-" : unit) + 1;
    BigInteger bytes = new BigInteger(number).shiftLeft(10 * exponent);
    return bytes.min(BigInteger.valueOf(Long.MAX_VALUE)).longValue();
  }
}
