package dev.llamastream.gguf;

import dev.llamastream.ModelLoadException;
import java.util.Locale;
import java.util.Set;

/** Checks what the loader and the tensor operations assume. */
final class TensorCheck {

  /**
   * TENSOR_ALIGNMENT of ggml-impl.h, which ggml-backend.cpp asserts for tensors in a mapped file.
   */
  private static final int ALIGNMENT = 32;

  /** Tables of indices, which are never multiplied. */
  private static final Set<String> INDICES =
      Set.of("d2t", "ffn_gate_tid2eid", "masked_embd_ordering");

  /** Matrices whose operations take floats only: ssm_conv, rwkv_wkv6, add (ggml-cpu/ops.cpp). */
  private static final Set<String> FLOATS =
      Set.of(
          "ssm_conv1d",
          "ssm_conv1d_q",
          "ssm_conv1d_k",
          "ssm_conv1d_v",
          "shortconv.conv",
          "time_mix_first",
          "time_mix_lerp_fused");

  private static final String WEIGHT = ".weight";

  private final GgufFile file;

  TensorCheck(GgufFile file) {
    this.file = file;
  }

  void run() {
    for (GgufTensor tensor : file.tensors()) {
      // operations divide by dimensions
      if (tensor.elements() == 0) {
        throw failure(tensor, "dimensions", tensor.dimensions(), "above 0");
      }
      if (tensor.offset() % ALIGNMENT != 0) {
        throw failure(tensor, "offset", tensor.offset(), "a multiple of " + ALIGNMENT);
      }
      checkType(tensor);
    }
  }

  /**
   * Given a type that it does not support, an operation aborts on a compute thread, or calls a null
   * pointer. supports_op of ggml-cpu.cpp does not detect this: it accepts every type.
   */
  private void checkType(GgufTensor tensor) {
    GgmlType type = tensor.type();
    String role = role(tensor.name());
    if (INDICES.contains(role)) {
      require(type == GgmlType.I32 || type == GgmlType.I64, tensor, "I32 or I64");
    } else if (isVector(tensor, role) || FLOATS.contains(role)) {
      require(type == GgmlType.F32, tensor, "F32");
    } else {
      require(isMultiplied(type), tensor, "one that can be multiplied");
    }
  }

  /**
   * Whether the tensor is added or multiplied element by element: binary_op of binary-ops.cpp takes
   * floats.
   */
  private static boolean isVector(GgufTensor tensor, String role) {
    boolean matrix =
        tensor.name().endsWith(WEIGHT)
            || tensor.name().endsWith(".lora_a")
            || tensor.name().endsWith(".lora_b");
    return !matrix || tensor.dimensions().size() < 2 || role.contains("norm");
  }

  /** Whether the type has a vec_dot in ggml-cpu.c. */
  private static boolean isMultiplied(GgmlType type) {
    return switch (type) {
      case I8, I16, I32, I64, F64, Q8_1, Q8_K -> false;
      default -> true;
    };
  }

  /** A name without its layer and "weight": "attn_norm" for "blk.0.attn_norm.weight". */
  private static String role(String name) {
    int end = name.endsWith(WEIGHT) ? name.length() - WEIGHT.length() : name.length();
    int start = 0;
    boolean number = false;
    for (int i = 0; i < end; i++) {
      char c = name.charAt(i);
      if (c == '.' && number) {
        start = i + 1;
      }
      number = c >= '0' && c <= '9' && (number || (i > 0 && name.charAt(i - 1) == '.'));
    }
    return name.substring(start, end);
  }

  private void require(boolean condition, GgufTensor tensor, String must) {
    if (!condition) {
      throw failure(tensor, "type", tensor.type(), must);
    }
  }

  private ModelLoadException failure(GgufTensor tensor, String field, Object value, String must) {
    return new ModelLoadException(
        String.format(
            Locale.ROOT,
            "%s: tensor %s: %s %s, must be %s",
            file.path(),
            GgufInput.quoted(tensor.name()),
            field,
            value,
            must));
  }
}
