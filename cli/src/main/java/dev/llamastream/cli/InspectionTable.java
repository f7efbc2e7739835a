package dev.llamastream.cli;

import dev.llamastream.CpuKernels;
import dev.llamastream.cli.display.Columns;
import dev.llamastream.gguf.GgmlType;
import dev.llamastream.gguf.GgufArray;
import dev.llamastream.gguf.GgufFile;
import dev.llamastream.gguf.GgufTensor;
import dev.llamastream.gguf.GgufValue;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The human-readable output of {@code llamastream inspect}. */
final class InspectionTable {

  private static final int MAX_TEXT_LENGTH = 60;
  private static final int MAX_ELEMENTS = 5;

  private final List<GgufFile> files;
  private final String problem;
  private final Optional<CpuKernels> kernels;

  InspectionTable(List<GgufFile> files, String problem, Optional<CpuKernels> kernels) {
    this.files = files;
    this.problem = problem;
    this.kernels = kernels;
  }

  void printTo(PrintWriter out) {
    print(out, "", general());
    for (GgufFile file : files) {
      String of = files.size() == 1 ? "" : " of " + file.path().getFileName();
      print(out, String.format(Locale.ROOT, "%nMetadata%s%n", of), metadata(file));
      print(out, String.format(Locale.ROOT, "%nTensors%s%n", of), tensors(file));
    }
    print(out, String.format(Locale.ROOT, "%nTensors by type%n"), types());
  }

  private List<List<String>> general() {
    GgufFile first = files.getFirst();
    long size = files.stream().mapToLong(GgufFile::fileSize).sum();
    long parameters = files.stream().mapToLong(GgufFile::parameterCount).sum();
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("File", first.path().toString()));
    if (files.size() > 1) {
      rows.add(List.of("", String.format(Locale.ROOT, "and %d more", files.size() - 1)));
    }
    rows.add(List.of("Size", number(size) + " bytes"));
    rows.add(
        List.of(
            "Format",
            String.format(
                Locale.ROOT,
                "GGUF version %d, aligned to %d bytes",
                first.version(),
                first.alignment())));
    rows.add(List.of("Architecture", general("general.architecture")));
    rows.add(List.of("Name", general("general.name")));
    rows.add(List.of("Parameters", number(parameters)));
    rows.add(List.of("Problem", problem.isEmpty() ? "none" : problem));
    kernels
        .map(CpuKernels::advice)
        .filter(advice -> !advice.isEmpty())
        .ifPresent(advice -> rows.add(List.of("Speed", advice)));
    return rows;
  }

  private String general(String key) {
    GgufValue value = files.getFirst().metadata().get(key);
    return value == null ? "" : text(value);
  }

  private static List<List<String>> metadata(GgufFile file) {
    List<List<String>> rows = new ArrayList<>();
    file.metadata()
        .forEach(
            (key, value) -> {
              String type =
                  value instanceof GgufArray array
                      ? String.format(Locale.ROOT, "%s[%d]", array.elementType(), array.size())
                      : value.type().name();
              rows.add(List.of(clean(key), type, text(value)));
            });
    return rows;
  }

  private static List<List<String>> tensors(GgufFile file) {
    List<List<String>> rows = new ArrayList<>();
    for (GgufTensor tensor : file.tensors()) {
      String shape =
          tensor.dimensions().stream().map(String::valueOf).collect(Collectors.joining(" x "));
      rows.add(
          List.of(
              clean(tensor.name()),
              tensor.type().name(),
              shape,
              number(tensor.sizeInBytes()) + " bytes"));
    }
    return rows;
  }

  private List<List<String>> types() {
    record Total(long tensors, long elements, long bytes) {}
    Map<GgmlType, Total> totals = new LinkedHashMap<>();
    for (GgufFile file : files) {
      for (GgufTensor tensor : file.tensors()) {
        totals.merge(
            tensor.type(),
            new Total(1, tensor.elements(), tensor.sizeInBytes()),
            (a, b) -> new Total(a.tensors + b.tensors, a.elements + b.elements, a.bytes + b.bytes));
      }
    }
    List<List<String>> rows = new ArrayList<>();
    totals.forEach(
        (type, total) ->
            rows.add(
                List.of(
                    type.name(),
                    number(total.tensors) + (total.tensors == 1 ? " tensor" : " tensors"),
                    number(total.elements) + " parameters",
                    number(total.bytes) + " bytes")));
    return rows;
  }

  private static String text(GgufValue value) {
    if (value instanceof GgufArray array) {
      List<String> elements = new ArrayList<>();
      for (int i = 0; i < Math.min(array.size(), MAX_ELEMENTS); i++) {
        elements.add(text(array.get(i)));
      }
      return String.join(", ", elements) + (array.size() > MAX_ELEMENTS ? ", …" : "");
    }
    return clean(String.valueOf(value));
  }

  /** Shortens a text to one line of limited length. */
  private static String clean(String text) {
    StringBuilder clean = new StringBuilder();
    text.codePoints()
        .limit(MAX_TEXT_LENGTH + 1)
        .map(c -> Character.isISOControl(c) ? ' ' : c)
        .forEach(clean::appendCodePoint);
    if (text.codePointCount(0, text.length()) > MAX_TEXT_LENGTH) {
      clean.setLength(clean.offsetByCodePoints(0, MAX_TEXT_LENGTH));
      clean.append('…');
    }
    return clean.toString();
  }

  private static String number(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  private static void print(PrintWriter out, String title, List<List<String>> rows) {
    out.print(title);
    new Columns(title.isEmpty() ? "" : "  ", rows).printTo(out);
  }
}
