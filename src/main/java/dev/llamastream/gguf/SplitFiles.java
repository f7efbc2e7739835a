package dev.llamastream.gguf;

import dev.llamastream.ModelLoadException;
import dev.llamastream.gguf.GgufValue.IntegerValue;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The files of one model, as {@code gguf-split} writes them. */
final class SplitFiles {

  private static final String NUMBER = "split.no";
  private static final String COUNT = "split.count";
  private static final String TENSORS = "split.tensors.count";

  private final GgufFile first;

  SplitFiles(GgufFile first) {
    this.first = first;
  }

  List<GgufFile> read() {
    if (!first.metadata().containsKey(COUNT)) {
      return List.of(first);
    }
    long count = integer(first, COUNT, GgufType.UINT16);
    // llama-model-loader.cpp reads no other key in this case
    if (count <= 1) {
      return List.of(first);
    }
    List<GgufFile> parts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      GgufFile part = i == 0 ? first : GgufFile.read(sibling(i, count));
      require(part, NUMBER, GgufType.UINT16, i);
      require(part, COUNT, GgufType.UINT16, count);
      parts.add(part);
    }
    checkTensors(parts);
    return List.copyOf(parts);
  }

  /** The path of part {@code index}: the name of the first part with another number. */
  private Path sibling(int index, long count) {
    String name = String.valueOf(first.path().getFileName());
    String suffix = suffix(0, count);
    if (!name.endsWith(suffix)) {
      throw new ModelLoadException(
          String.format(
              Locale.ROOT,
              "%s: the first of %d files of a model, its name must end in %s",
              first.path(),
              count,
              suffix));
    }
    String prefix = name.substring(0, name.length() - suffix.length());
    return first.path().resolveSibling(prefix + suffix(index, count));
  }

  private static String suffix(int index, long count) {
    return String.format(Locale.ROOT, "-%05d-of-%05d.gguf", index + 1, count);
  }

  private static void checkTensors(List<GgufFile> parts) {
    Set<String> names = new HashSet<>();
    for (GgufFile part : parts) {
      for (GgufTensor tensor : part.tensors()) {
        if (!names.add(tensor.name())) {
          throw new ModelLoadException(
              String.format(
                  Locale.ROOT,
                  "%s: tensor %s: an earlier part of the model has it too",
                  part.path(),
                  GgufInput.quoted(tensor.name())));
        }
      }
    }
    require(parts.getFirst(), TENSORS, GgufType.INT32, names.size());
  }

  private static void require(GgufFile part, String key, GgufType type, long expected) {
    long value = integer(part, key, type);
    if (value != expected) {
      throw new ModelLoadException(
          String.format(
              Locale.ROOT,
              "%s: metadata \"%s\": %d, must be %d",
              part.path(),
              key,
              value,
              expected));
    }
  }

  /** Reads an integer. llama.cpp asserts these types. */
  private static long integer(GgufFile part, String key, GgufType type) {
    GgufValue value = part.metadata().get(key);
    if (value instanceof IntegerValue(GgufType actual, long integer) && actual == type) {
      return integer;
    }
    throw new ModelLoadException(
        String.format(
            Locale.ROOT,
            "%s: metadata \"%s\": %s, must be of type %s",
            part.path(),
            key,
            value == null ? "absent" : value,
            type));
  }
}
