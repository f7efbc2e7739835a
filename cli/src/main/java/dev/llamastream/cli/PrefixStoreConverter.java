package dev.llamastream.cli;

import dev.llamastream.InvalidValueException;
import dev.llamastream.engine.PrefixStore;
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
      Pattern.compile("(.*)," + SizeConverter.SIZE, Pattern.DOTALL);

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
    try {
      return new PrefixStore(Path.of(folder), SizeConverter.bytes(sized.group(2), sized.group(3)));
    } catch (InvalidPathException | InvalidValueException e) {
      throw new TypeConversionException(String.valueOf(e.getMessage()));
    }
  }
}
