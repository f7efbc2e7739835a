package dev.llamastream.gguf;

import dev.llamastream.ModelLoadException;
import dev.llamastream.gguf.GgufValue.BooleanValue;
import dev.llamastream.gguf.GgufValue.FloatValue;
import dev.llamastream.gguf.GgufValue.IntegerValue;
import dev.llamastream.gguf.GgufValue.StringValue;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The metadata of a model as llama.cpp reads it. A value of the wrong type counts as absent here,
 * because llama.cpp reports it itself.
 */
final class ModelMetadata {

  private final GgufFile file;
  private final String architecture;

  ModelMetadata(GgufFile file) {
    this.file = file;
    this.architecture = text("general.architecture");
  }

  String architecture() {
    return architecture;
  }

  /** The key of a hyperparameter. */
  String key(String suffix) {
    return architecture.concat(".").concat(suffix);
  }

  /** A text up to its first zero byte, as C reads it; empty if absent. */
  String text(String key) {
    if (value(key) instanceof StringValue(String text)) {
      int end = text.indexOf(0);
      return end < 0 ? text : text.substring(0, end);
    }
    return "";
  }

  long uint32(String key, long otherwise) {
    return value(key) instanceof IntegerValue(GgufType type, long value) && type == GgufType.UINT32
        ? value
        : otherwise;
  }

  boolean bool(String key, boolean otherwise) {
    return value(key) instanceof BooleanValue(boolean value) ? value : otherwise;
  }

  double float32(String key, double otherwise) {
    return value(key) instanceof FloatValue(GgufType type, double value) && type == GgufType.FLOAT32
        ? value
        : otherwise;
  }

  @Nullable GgufArray array(String key, GgufType elementType) {
    return value(key) instanceof GgufArray array && array.elementType() == elementType
        ? array
        : null;
  }

  @Nullable GgufValue value(String key) {
    return file.metadata().get(key);
  }

  /** An unsigned value per layer, from an array or from one value for all layers. 0 if absent. */
  long[] perLayer(String key, int layers) {
    long[] values = new long[layers];
    if (value(key) instanceof GgufArray array && array.size() == layers) {
      if (array.elementType() == GgufType.UINT32 || array.elementType() == GgufType.INT32) {
        for (int i = 0; i < layers; i++) {
          values[i] = array.integer(i) & 0xffffffffL;
        }
      }
    } else {
      Arrays.fill(values, uint32(key, 0));
    }
    return values;
  }

  ModelLoadException failure(String key, Object value, String must) {
    return new ModelLoadException(
        String.format(
            Locale.ROOT,
            "%s: metadata %s: %s, must be %s",
            file.path(),
            GgufInput.quoted(key),
            value,
            must));
  }
}
