package dev.llamastream.cli;

import dev.llamastream.EmbedderParams;
import dev.llamastream.gguf.GgufArray;
import dev.llamastream.gguf.GgufFile;
import dev.llamastream.gguf.GgufValue.BooleanValue;
import dev.llamastream.gguf.GgufValue.IntegerValue;
import dev.llamastream.store.MemoryNeed;
import java.util.List;

/** What the context of an embedder takes, apart from the weights: an estimate from the file. */
final class EmbeddingMemory {

  /** What an embedder limits its outputs to, unless the model sees whole texts: numbers. */
  private static final int MAX_OUTPUTS = 1 << 25;

  private EmbeddingMemory() {}

  /**
   * Works it out.
   *
   * @param files all of the model's files
   * @return bytes
   */
  static long of(List<GgufFile> files) {
    GgufFile file = files.getFirst();
    String architecture = String.valueOf(file.metadata().get("general.architecture"));
    int tokens = EmbedderParams.defaults().contextSize();
    if (file.metadata().get(architecture + ".context_length")
        instanceof IntegerValue(_, long trained)) {
      tokens = Math.clamp(trained, 1, tokens);
    }
    boolean wholeTexts =
        file.metadata().get(architecture + ".attention.causal")
                instanceof BooleanValue(boolean causal)
            && !causal;
    long vocabulary =
        file.metadata().get("tokenizer.ggml.tokens") instanceof GgufArray list ? list.size() : 0;
    // libllama also puts out the logits of each token
    long outputs = wholeTexts ? tokens * vocabulary : Math.min(MAX_OUTPUTS, tokens * vocabulary);
    MemoryNeed need = MemoryNeed.of(files, tokens);
    return need.kvCache() + need.compute() + outputs * Float.BYTES;
  }
}
