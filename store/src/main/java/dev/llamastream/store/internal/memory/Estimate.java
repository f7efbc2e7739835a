package dev.llamastream.store.internal.memory;

import dev.llamastream.gguf.GgufArray;
import dev.llamastream.gguf.GgufFile;
import dev.llamastream.gguf.GgufTensor;
import java.util.Arrays;
import java.util.List;

/** What a model and a context take, for the files of one model. */
public final class Estimate {

  /** libllama rounds up to whole multiples. */
  private static final long CELLS = 256;

  /** What ContextParams has if nobody changes it. */
  private static final long MICRO_BATCH = 512;

  private static final int BYTES_OF_F16 = 2;

  private final List<GgufFile> files;
  private final Hyperparameters model;
  private final long cells;

  /**
   * Creates an estimate.
   *
   * @param files not empty, the first one has the metadata
   * @param contextSize in tokens; 0 for what the model was trained for
   */
  public Estimate(List<GgufFile> files, int contextSize) {
    this.files = List.copyOf(files);
    this.model = new Hyperparameters(files.getFirst());
    long tokens = contextSize == 0 ? model.size("context_length", 0) : contextSize;
    this.cells = Math.ceilDiv(tokens, CELLS) * CELLS;
  }

  /** The context in tokens, rounded up as libllama does. */
  public long cells() {
    return cells;
  }

  /** The numbers in all tensors. */
  public long weights() {
    double bytes = 0;
    for (GgufFile file : files) {
      for (GgufTensor tensor : file.tensors()) {
        bytes += Math.ceilDiv(tensor.sizeInBytes(), file.alignment()) * file.alignment();
      }
    }
    return (long) bytes;
  }

  /** Keys and values, and the states of recurrent layers. */
  public long cache() {
    return (long) new CacheSize(model).bytes(cells);
  }

  /**
   * The activations of a batch, the mask of its attention, and an output. The sizes that live at
   * the same time were found by comparison with what libllama reserves.
   */
  public long compute() {
    double batch = Math.min(cells, MICRO_BATCH);
    double embedding = model.embedding();
    double experts = model.size("expert_used_count", 0);
    double feedForward = largest("feed_forward_length");
    double queries = largest("attention.head_count") * model.headSize("key");
    double widths =
        3 * Math.max(feedForward, experts * model.size("expert_feed_forward_length", 0))
            + 3 * embedding
            + experts * embedding
            + Math.max(queries, embedding);
    double recurrent = 2.0 * model.size("ssm.inner_size", 0);
    double masks = model.has("attention.sliding_window") ? 2 : 1;
    return (long)
        (batch * (widths + recurrent) * Float.BYTES
            + masks * batch * cells * BYTES_OF_F16
            + vocabulary() * Float.BYTES);
  }

  private long largest(String key) {
    return Arrays.stream(model.perLayer(key)).max().orElse(0);
  }

  private long vocabulary() {
    return files.getFirst().metadata().get("tokenizer.ggml.tokens") instanceof GgufArray tokens
        ? tokens.size()
        : 0;
  }
}
