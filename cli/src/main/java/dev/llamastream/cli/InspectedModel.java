package dev.llamastream.cli;

import dev.llamastream.CpuKernels;
import dev.llamastream.QuantizationType;
import dev.llamastream.gguf.GgufArray;
import dev.llamastream.gguf.GgufFile;
import dev.llamastream.gguf.GgufTensor;
import dev.llamastream.gguf.GgufType;
import dev.llamastream.gguf.GgufValue;
import dev.llamastream.gguf.GgufValue.BooleanValue;
import dev.llamastream.gguf.GgufValue.FloatValue;
import dev.llamastream.gguf.GgufValue.IntegerValue;
import dev.llamastream.gguf.GgufValue.StringValue;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The output of {@code llamastream inspect --json} as a tree of maps and lists. */
final class InspectedModel {

  private InspectedModel() {}

  static Map<String, @Nullable Object> tree(
      List<GgufFile> files, String problem, Optional<CpuKernels> kernels) {
    Map<String, @Nullable Object> model = new LinkedHashMap<>();
    if (!problem.isEmpty()) {
      model.put("problem", problem);
    }
    kernels
        .flatMap(CpuKernels::slowType)
        .ifPresent(
            type -> {
              model.put("slowType", type.name());
              model.put(
                  "fastTypes",
                  kernels.orElseThrow().fastTypes().stream().map(QuantizationType::name).toList());
            });
    model.put("parameters", files.stream().mapToLong(GgufFile::parameterCount).sum());
    model.put("files", files.stream().map(InspectedModel::tree).toList());
    return model;
  }

  private static Map<String, @Nullable Object> tree(GgufFile file) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("path", file.path().toString());
    tree.put("size", file.fileSize());
    tree.put("version", file.version());
    tree.put("alignment", file.alignment());
    Map<String, @Nullable Object> metadata = new LinkedHashMap<>();
    file.metadata().forEach((key, value) -> metadata.put(key, typed(value)));
    tree.put("metadata", metadata);
    tree.put("tensors", file.tensors().stream().map(InspectedModel::tree).toList());
    return tree;
  }

  private static Map<String, @Nullable Object> tree(GgufTensor tensor) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("name", tensor.name());
    tree.put("type", tensor.type().name());
    tree.put("dimensions", tensor.dimensions());
    tree.put("offset", tensor.offset());
    tree.put("size", tensor.sizeInBytes());
    return tree;
  }

  private static Map<String, @Nullable Object> typed(GgufValue value) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("type", value.type().name());
    if (value instanceof GgufArray array) {
      tree.put("elementType", array.elementType().name());
    }
    tree.put("value", plain(value));
    return tree;
  }

  private static @Nullable Object plain(GgufValue value) {
    return switch (value) {
      case IntegerValue(GgufType type, long number) when type == GgufType.UINT64 && number < 0 ->
          new BigInteger(Long.toUnsignedString(number));
      case IntegerValue(_, long number) -> number;
      case FloatValue(_, double number) when !Double.isFinite(number) -> null; // not in JSON
      case FloatValue(GgufType type, double number) when type == GgufType.FLOAT32 ->
          Float.valueOf((float) number);
      case FloatValue(_, double number) -> number;
      case BooleanValue(boolean bool) -> bool;
      case StringValue(String text) -> text;
      case GgufArray array -> {
        List<@Nullable Object> elements = new ArrayList<>(array.size());
        for (int i = 0; i < array.size(); i++) {
          elements.add(plain(array.get(i)));
        }
        yield elements;
      }
    };
  }
}
