package dev.llamastream.internal.ffm;

import dev.llamastream.ContextCreationException;
import dev.llamastream.gguf.GgmlType;
import java.util.EnumSet;
import java.util.Set;

/**
 * Whether a model's results can be reproduced. llama.cpp may compute the same row of a product
 * differently, in the last bits, when the number of rows changes. The affected types were found by
 * testing all of them.
 *
 * @param repacked whether its weights are repacked
 * @param onGpu whether a GPU computes a part of it
 * @param recurrent whether a part of it is recurrent
 * @param matrixTypes how its matrices are stored
 */
record ReproducibleCheck(
    boolean repacked, boolean onGpu, boolean recurrent, Set<GgmlType> matrixTypes) {

  private static final Set<GgmlType> FLOATS =
      EnumSet.of(GgmlType.F32, GgmlType.F16, GgmlType.BF16, GgmlType.F64);

  /**
   * Refuses a model whose results cannot be reproduced.
   *
   * @param sequences how many sequences are computed together
   */
  void check(int sequences) {
    if (repacked) {
      throw refusal("needs a model loaded with repackWeights(false)");
    }
    if (onGpu) {
      throw refusal("needs a model loaded with gpuLayers(0), or a machine without GPU");
    }
    if (recurrent) {
      throw refusal("this model is recurrent, its results depend on what is in a batch");
    }
    for (GgmlType type : matrixTypes) {
      if (type.name().startsWith("IQ")) {
        throw refusal("not with weights of type " + type);
      }
      if (sequences > 1 && FLOATS.contains(type)) {
        throw refusal("not with weights of type " + type + " and more than 1 slot");
      }
    }
  }

  private static ContextCreationException refusal(String why) {
    return new ContextCreationException("reproducible: " + why);
  }
}
