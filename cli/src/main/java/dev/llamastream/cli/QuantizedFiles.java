package dev.llamastream.cli;

import dev.llamastream.QuantizationType;
import dev.llamastream.gguf.GgmlType;
import dev.llamastream.gguf.GgufFile;
import dev.llamastream.gguf.GgufTensor;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a quantization has changed.
 *
 * @param source the files before
 * @param target the file after
 * @param type the type that was asked for
 */
record QuantizedFiles(List<GgufFile> source, GgufFile target, QuantizationType type) {

  void printTo(PrintWriter out) {
    long before = source.stream().mapToLong(GgufFile::fileSize).sum();
    long after = target.fileSize();
    out.printf(Locale.ROOT, "before: %,d bytes, %s%n", before, name(source.getFirst().path()));
    out.printf(
        Locale.ROOT,
        "after:  %,d bytes, %s (%.0f %%)%n",
        after,
        name(target.path()),
        100.0 * after / before);
    GgmlType actual = typeOfMostWeights();
    if (actual != type.tensorType()) {
      out.printf(
          Locale.ROOT,
          "Most weights are %s: the rows of this model do not fit %s, which needs a multiple of %d"
              + " elements.%n",
          actual,
          type.tensorType(),
          type.tensorType().blockSize());
    }
    out.flush();
  }

  private static String name(Path path) {
    return String.valueOf(path.getFileName());
  }

  /** In the layers: embeddings and output are stored another way on purpose. */
  private GgmlType typeOfMostWeights() {
    Map<GgmlType, Long> elements = new EnumMap<>(GgmlType.class);
    for (GgufTensor tensor : target.tensors()) {
      if (tensor.name().startsWith("blk.") && tensor.dimensions().size() > 1) {
        elements.merge(tensor.type(), tensor.elements(), Long::sum);
      }
    }
    return elements.entrySet().stream()
        .max(Map.Entry.comparingByValue())
        .map(Map.Entry::getKey)
        .orElse(type.tensorType());
  }
}
