package dev.llamastream;

import dev.llamastream.gguf.GgufFile;
import dev.llamastream.gguf.GgufTensor;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Tells a listener how much of a quantization is done: by weights, because tensors differ. */
final class QuantizeProgress {

  private static final Pattern LAYER = Pattern.compile("blk\\.(\\d{1,9})\\..*");

  private final QuantizeListener listener;

  /** How many weights come before each tensor, in the quantizer's order; the last is all. */
  private final long[] before;

  QuantizeProgress(List<GgufFile> files, QuantizeListener listener) {
    this.listener = listener;
    // weight_name_comparer of llama-model-loader.h
    List<GgufTensor> tensors =
        files.stream()
            .flatMap(file -> file.tensors().stream())
            .sorted(
                Comparator.comparingInt((GgufTensor tensor) -> layer(tensor.name()))
                    .thenComparing(GgufTensor::name))
            .toList();
    before = new long[tensors.size() + 1];
    for (int i = 0; i < tensors.size(); i++) {
      before[i + 1] = before[i] + tensors.get(i).elements();
    }
  }

  private static int layer(String name) {
    Matcher matcher = LAYER.matcher(name);
    return matcher.matches() ? Integer.parseInt(matcher.group(1)) : -1;
  }

  /**
   * Whether to go on.
   *
   * @param tensors how many tensors are done
   */
  boolean continues(int tensors) {
    long all = before[before.length - 1];
    long done = before[Math.min(tensors, before.length - 1)];
    return listener.onProgress((float) done / all) && !Thread.currentThread().isInterrupted();
  }

  /** Whether to keep what is complete. */
  @SuppressWarnings("CatchThrowable") // what it throws becomes the cause
  boolean ends(Path target) {
    try {
      return listener.onProgress(1) && !Thread.currentThread().isInterrupted();
    } catch (Throwable e) {
      throw new QuantizationException(target + ": the progress listener failed", e);
    }
  }
}
