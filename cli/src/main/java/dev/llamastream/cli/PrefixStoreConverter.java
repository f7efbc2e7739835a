package dev.llamastream.cli;

import dev.llamastream.InvalidValueException;
import dev.llamastream.engine.PrefixStore;
import java.math.BigInteger;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a folder and a size: {@code /var/cache/prefixes,20G}. Without a size, it is 4 GiB. */
final class PrefixStoreConverter implements ITypeConverter<PrefixStore> {

  static final String DEFAULT_SIZE = "4G";

  // a folder whose name ends like this can be given with a size
  private static final Pattern WITH_SIZE =
      Pattern.compile("(.*),(\\d{1,19})([KMGT]?)(?:i?B)?", Pattern.DOTALL);

  @Override
  public PrefixStore convert(String value) {
    Matcher sized = WITH_SIZE.matcher(value);
    if (!sized.matches()) {
      return convert(value + "," + DEFAULT_SIZE);
    }
    String folder = sized.group(1);
    if (folder.isEmpty()) {
      throw new TypeConversionException("no folder");
    }
    int exponent = "KMGT".indexOf(sized.group(3).isEmpty() ? "-" : sized.group(3)) + 1;
    BigInteger bytes = new BigInteger(sized.group(2)).shiftLeft(10 * exponent);
    try {
      return new PrefixStore(
          Path.of(folder), bytes.min(BigInteger.valueOf(Long.MAX_VALUE)).longValue());
    } catch (InvalidPathException | InvalidValueException e) {
      throw new TypeConversionException(String.valueOf(e.getMessage()));
    }
  }
}
