package dev.llamastream.store.internal.choice;

import dev.llamastream.QuantizationType;
import dev.llamastream.store.Preference;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** In which order a preference takes quantizations. */
final class TypeOrder {

  private static final String FOUR_BITS =
      "Q4_K_M Q4_K_S Q4_K_L Q4_K_XL Q4_K MXFP4 NVFP4 IQ4_XS IQ4_NL Q4_0 Q4_1 Q4";
  private static final String FIVE_BITS = "Q5_K_M Q5_K_S Q5_K_L Q5_K_XL Q5_K Q5_0 Q5_1 Q5";
  private static final String MORE = "Q6_K Q6_K_L Q6_K_XL Q6 Q8_0 Q8_K_XL Q8";
  private static final String THREE_BITS =
      "Q3_K_M Q3_K_L IQ3_M Q3_K_XL Q3_K_S Q3_K IQ3_S IQ3_XS Q3";
  private static final String LITTLE =
      "IQ3_XXS Q2_K_L Q2_K_XL Q2_K IQ2_M Q2_K_S IQ2_S IQ2_XS IQ2_XXS TQ2_0 IQ1_M IQ1_S TQ1_0";
  private static final String UNQUANTIZED = "BF16 F16 F32";

  /** Where files are that do not say what they are. */
  private static final String UNKNOWN = "?";

  private static final List<String> BALANCED =
      list(FOUR_BITS, FIVE_BITS, MORE, UNKNOWN, THREE_BITS, "BF16 F16", LITTLE, "F32");

  private static final List<String> QUALITY =
      list(
          "Q8_0 Q8_K_XL Q8 Q6_K_XL Q6_K_L Q6_K Q6 BF16 F16",
          "Q5_K_XL Q5_K_L Q5_K_M Q5_K_S Q5_K Q5_1 Q5_0 Q5 F32",
          UNKNOWN,
          FOUR_BITS,
          THREE_BITS,
          LITTLE);

  private static final List<String> MEMORY =
      list(
          THREE_BITS,
          "IQ4_XS Q4_0 IQ4_NL Q4_K_S Q4_K Q4_K_M MXFP4 NVFP4 Q4 Q4_K_L Q4_1 Q4_K_XL",
          FIVE_BITS,
          MORE,
          LITTLE,
          UNKNOWN,
          UNQUANTIZED);

  private static final List<String> SPEED =
      list(
          "Q4_0 IQ4_NL Q4_K_S Q4_K_M Q4_K Q4_K_L Q4_K_XL MXFP4 NVFP4 IQ4_XS Q4_1 Q4",
          "Q5_K_S Q5_K_M Q5_K Q5_K_L Q5_K_XL Q5_0 Q5_1 Q5",
          MORE,
          UNKNOWN,
          THREE_BITS,
          "BF16 F16",
          LITTLE,
          "F32");

  private final List<String> types;

  /**
   * Creates an order.
   *
   * @param fastTypes the types with repacked kernels; asked for only if speed counts
   */
  TypeOrder(Preference preference, Supplier<List<QuantizationType>> fastTypes) {
    types =
        switch (preference) {
          case BALANCED -> BALANCED;
          case QUALITY -> QUALITY;
          case MEMORY -> MEMORY;
          case SPEED -> fastFirst(fastTypes.get());
        };
  }

  private static List<String> list(String... groups) {
    return List.of(String.join(" ", groups).split(" "));
  }

  /** Types of less than four bits stay behind: text that makes no sense is of no use. */
  private static List<String> fastFirst(List<QuantizationType> fastTypes) {
    List<String> fast =
        SPEED.subList(0, SPEED.indexOf(UNKNOWN)).stream()
            .filter(name -> fastTypes.stream().anyMatch(type -> isLike(name, type)))
            .toList();
    List<String> ordered = new ArrayList<>(fast);
    SPEED.stream().filter(name -> !fast.contains(name)).forEach(ordered::add);
    return ordered;
  }

  /** Q4_K_XL has mostly matrices of Q4_K, as Q4_K_M has. */
  private static boolean isLike(String name, QuantizationType type) {
    String stored = type.tensorType().name();
    return name.equals(stored) || name.startsWith(stored + "_");
  }

  /** The lower the earlier. */
  int rank(String quantization) {
    int rank = types.indexOf(QuantizationName.plain(quantization));
    // of two alike, the plain one is the one that is known
    int marked = quantization.startsWith("UD-") ? 1 : 0;
    return 2 * (rank < 0 ? types.indexOf(UNKNOWN) : rank) + marked;
  }
}
