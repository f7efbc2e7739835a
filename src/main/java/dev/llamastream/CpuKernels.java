package dev.llamastream;

import static java.util.Objects.requireNonNull;

import dev.llamastream.gguf.GgmlType;
import dev.llamastream.gguf.GgufFile;
import dev.llamastream.gguf.GgufTensor;
import dev.llamastream.internal.ffm.RepackedMatrices;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Whether this machine's processor is as fast with a quantized model as it can be. ggml repacks the
 * weights of some types when it loads a model, and has faster kernels for them. Which types these
 * are depends on the processor and on the sizes of the matrices. Immutable.
 *
 * @since 0.1.0
 */
public final class CpuKernels {

  private static final Pattern MATRIX = Pattern.compile("blk\\.(\\d{1,9})\\..*\\.weight");

  /** Rows and columns of whole blocks of every type and of every kernel's tiles. */
  private static final List<Long> USUAL_SIZE = List.of(4096L, 4096L);

  private final @Nullable GgmlType slowType;
  private final List<QuantizationType> fastTypes;

  private CpuKernels(@Nullable GgmlType slowType, List<QuantizationType> fastTypes) {
    this.slowType = slowType;
    this.fastTypes = fastTypes;
  }

  /** Matrices of the same type and size. */
  private record Kind(GgmlType type, List<Long> dimensions) {
    boolean repackedAs(GgmlType other) {
      return RepackedMatrices.contains(other, dimensions);
    }
  }

  /**
   * Looks at the matrices in a model's layers, and asks the native library about each kind.
   *
   * @param files all of its files, from {@link GgufFile#readAll}
   * @throws NativeLibraryException if the native libraries cannot be loaded
   */
  public static CpuKernels of(List<GgufFile> files) {
    return of(files, Integer.MAX_VALUE);
  }

  /** Looks at the first layers only: a GPU computes the others. */
  static CpuKernels of(List<GgufFile> files, int layers) {
    requireNonNull(files, "files");
    Map<Kind, Long> slow = new HashMap<>();
    long all = 0;
    for (GgufFile file : files) {
      for (GgufTensor tensor : file.tensors()) {
        if (isMatrixOf(layers, tensor)) {
          slow.merge(new Kind(tensor.type(), tensor.dimensions()), tensor.elements(), Long::sum);
          all += tensor.elements();
        }
      }
    }
    slow.keySet().removeIf(kind -> kind.repackedAs(kind.type()));
    long remaining = sum(slow);
    if (remaining * 2 <= all) {
      return new CpuKernels(null, List.of());
    }
    List<QuantizationType> fast =
        Arrays.stream(QuantizationType.values())
            .filter(type -> type.tensorType().isQuantized())
            .filter(type -> isFastFor(slow, type.tensorType()))
            .toList();
    return new CpuKernels(fast.isEmpty() ? null : largest(slow), fast);
  }

  private static boolean isMatrixOf(int layers, GgufTensor tensor) {
    Matcher matcher = MATRIX.matcher(tensor.name());
    int directions = tensor.dimensions().size();
    return tensor.type().isQuantized()
        && (directions == 2 || directions == 3)
        && matcher.matches()
        && Integer.parseInt(matcher.group(1)) < layers;
  }

  private static long sum(Map<Kind, Long> elements) {
    return elements.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Whether most of the weights would be repacked. */
  private static boolean isFastFor(Map<Kind, Long> slow, GgmlType type) {
    long repacked =
        slow.entrySet().stream()
            .filter(entry -> entry.getKey().repackedAs(type))
            .mapToLong(Map.Entry::getValue)
            .sum();
    return repacked * 2 > sum(slow);
  }

  private static GgmlType largest(Map<Kind, Long> elements) {
    return elements.entrySet().stream()
        .collect(
            Collectors.groupingBy(
                entry -> entry.getKey().type(), Collectors.summingLong(Map.Entry::getValue)))
        .entrySet()
        .stream()
        .max(Comparator.comparing(Map.Entry<GgmlType, Long>::getValue))
        .orElseThrow()
        .getKey();
  }

  /**
   * The types for which the processor has repacked kernels if the matrices have a usual size, the
   * largest first. Useful to choose a file before it is downloaded; {@link #of} is exact.
   *
   * @throws NativeLibraryException if the native libraries cannot be loaded
   */
  public static List<QuantizationType> repackedTypes() {
    return Arrays.stream(QuantizationType.values())
        .filter(type -> type.tensorType().isQuantized())
        .filter(type -> RepackedMatrices.contains(type.tensorType(), USUAL_SIZE))
        .toList();
  }

  /**
   * The type of most weights, if the processor has no repacked kernel for most of them, but has one
   * for another type.
   */
  public Optional<GgmlType> slowType() {
    return Optional.ofNullable(slowType);
  }

  /**
   * The types for which the processor would have repacked kernels, the largest first. Empty if
   * there is no {@link #slowType()}.
   */
  public List<QuantizationType> fastTypes() {
    return fastTypes;
  }

  /**
   * One sentence without a full stop, for instance {@code Q4_1 has no repacked kernel on this
   * processor; IQ4_NL and Q4_0 have}. Empty if there is no {@link #slowType()}.
   */
  public String advice() {
    if (slowType == null) {
      return "";
    }
    List<String> names = fastTypes.stream().map(QuantizationType::name).toList();
    String last = names.getLast();
    String faster =
        names.size() == 1
            ? last + " has"
            : String.join(", ", names.subList(0, names.size() - 1)) + " and " + last + " have";
    return slowType + " has no repacked kernel on this processor; " + faster;
  }
}
