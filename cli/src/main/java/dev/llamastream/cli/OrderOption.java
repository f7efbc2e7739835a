package dev.llamastream.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the order of answers: whether it is that of the input. */
final class OrderOption implements ITypeConverter<Boolean> {

  static final String INPUT = "input";
  static final String FINISHED = "finished";

  @Override
  public Boolean convert(String value) {
    return switch (value) {
      case INPUT -> true;
      case FINISHED -> false;
      default ->
          throw new TypeConversionException(
              "'" + value + "', must be " + INPUT + " or " + FINISHED);
    };
  }
}
