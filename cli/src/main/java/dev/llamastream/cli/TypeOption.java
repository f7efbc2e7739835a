package dev.llamastream.cli;

import dev.llamastream.QuantizationType;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the name of a quantization type, in capitals or not. */
final class TypeOption implements ITypeConverter<QuantizationType> {

  /** Of llama.cpp's names, those that {@link QuantizationType} leaves out. */
  private static final List<String> NEED_A_MATRIX = List.of("IQ1_", "IQ2_", "IQ3_", "Q2_K_S");

  @Override
  public QuantizationType convert(String value) {
    String name = value.toUpperCase(Locale.ROOT);
    if (NEED_A_MATRIX.stream().anyMatch(name::startsWith)) {
      throw new TypeConversionException(
          name + " needs an importance matrix to be any good, and none can be given");
    }
    return Arrays.stream(QuantizationType.values())
        .filter(type -> type.name().equals(name))
        .findFirst()
        .orElseThrow(
            () -> new TypeConversionException("'" + value + "', must be among " + names()));
  }

  private static String names() {
    return Arrays.stream(QuantizationType.values())
        .map(QuantizationType::name)
        .collect(Collectors.joining(", "));
  }
}
