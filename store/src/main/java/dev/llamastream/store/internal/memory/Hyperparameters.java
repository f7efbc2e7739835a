package dev.llamastream.store.internal.memory;

import dev.llamastream.gguf.GgufArray;
import dev.llamastream.gguf.GgufFile;
import dev.llamastream.gguf.GgufType;
import dev.llamastream.gguf.GgufValue;
import dev.llamastream.gguf.GgufValue.BooleanValue;
import dev.llamastream.gguf.GgufValue.IntegerValue;
import dev.llamastream.gguf.GgufValue.StringValue;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The sizes in a model's file, with llama.cpp's defaults. A wrong value counts as absent. */
final class Hyperparameters {

  /** LLAMA_MAX_LAYERS. */
  private static final long MOST_LAYERS = 512;

  /** More than any model has; keeps products of a few sizes within a long. */
  private static final long LARGEST = 1 << 28;

  private final GgufFile file;
  private final String architecture;

  Hyperparameters(GgufFile file) {
    this.file = file;
    this.architecture =
        file.metadata().get("general.architecture") instanceof StringValue(String name) ? name : "";
  }

  String architecture() {
    return architecture;
  }

  /** A size of 0 is none. */
  boolean has(String key) {
    return size(key, 0) > 0;
  }

  private @Nullable GgufValue value(String key) {
    return file.metadata().get(architecture + "." + key);
  }

  long size(String key, long otherwise) {
    return value(key) instanceof IntegerValue(GgufType type, long value)
        ? Math.clamp(value, 0, LARGEST)
        : otherwise;
  }

  /** Those with a KV cache of their own, and those that only draft. */
  int allLayers() {
    return (int) Math.min(size("block_count", 0), MOST_LAYERS);
  }

  /** Without those that only draft. */
  int layers() {
    int drafting = (int) Math.min(size("nextn_predict_layers", 0), allLayers());
    return drafting == allLayers() ? allLayers() : allLayers() - drafting;
  }

  /** A value for each layer, from an array or from one value for all. */
  long[] perLayer(String key, long[] otherwise) {
    long[] values = otherwise.clone();
    if (value(key) instanceof GgufArray array) {
      for (int i = 0; i < Math.min(values.length, array.size()); i++) {
        values[i] = element(array, i);
      }
    } else if (value(key) instanceof IntegerValue(GgufType type, long value)) {
      Arrays.fill(values, Math.clamp(value, 0, LARGEST));
    }
    return values;
  }

  long[] perLayer(String key) {
    return perLayer(key, new long[allLayers()]);
  }

  private static long element(GgufArray array, int index) {
    return switch (array.get(index)) {
      case IntegerValue(GgufType type, long value) -> Math.clamp(value, 0, LARGEST);
      case BooleanValue(boolean value) -> value ? 1 : 0;
      default -> 0;
    };
  }

  long heads() {
    return allLayers() == 0 ? 0 : perLayer("attention.head_count")[0];
  }

  /** Of a {@code key} or {@code value}. */
  long headSize(String part) {
    long heads = heads();
    return heads == 0 ? 0 : size("attention." + part + "_length", embedding() / heads);
  }

  long embedding() {
    return size("embedding_length", 0);
  }
}
