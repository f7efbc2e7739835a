package dev.llamastream.internal.ffm;

import dev.llamastream.ContextParams;
import dev.llamastream.KvCacheType;
import dev.llamastream.internal.bindings.LibLlama;
import dev.llamastream.internal.bindings.llama_context_params;
import dev.llamastream.internal.threads.StepThreads;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The configuration of a context.
 *
 * @param params the user's parameters
 * @param sequences the maximum number of sequences in one batch
 * @param shared whether the sequences share one set of cells instead of having a part each; there
 *     may then be any number of them, up to {@link #MAX_SEQUENCES}
 * @param outputs the maximum number of tokens in one batch whose logits are needed
 */
public record ContextConfig(ContextParams params, int sequences, boolean shared, int outputs) {

  /** libllama's LLAMA_MAX_SEQ. */
  public static final int MAX_SEQUENCES = 256;

  /** The maximum number of drafted tokens of a sequence in one batch. */
  public static final int MAX_DRAFT = 24;

  /** The configuration for a single sequence. */
  public static ContextConfig single(ContextParams params) {
    return new ContextConfig(params, 1, false, Math.min(params.batchSize(), 1 + MAX_DRAFT));
  }

  /** The number of sequence ids. */
  int ids() {
    return shared ? MAX_SEQUENCES : sequences;
  }

  /**
   * The requested size of one sequence in tokens, before libllama rounds it up; 0 for the model's.
   */
  int sequenceSize() {
    return shared ? params.contextSize() : Math.ceilDiv(params.contextSize(), sequences);
  }

  /** How many threads compute a batch. */
  StepThreads threads() {
    return new StepThreads(params.threads(), params.batchThreads());
  }

  MemorySegment toNative(Architecture architecture, StepThreads threads, Arena arena) {
    MemorySegment p = LibLlama.llama_context_default_params(arena);
    llama_context_params.n_ctx(p, params.contextSize());
    llama_context_params.n_batch(p, params.batchSize());
    llama_context_params.n_ubatch(
        p, architecture.computesTokensAlone() ? 1 : params.microBatchSize());
    llama_context_params.n_seq_max(p, sequences);
    // a buffer for the logits of a whole batch would be the largest buffer of all
    llama_context_params.n_outputs_max(p, outputs);
    llama_context_params.n_threads(p, threads.mostForOne());
    llama_context_params.n_threads_batch(p, threads.mostForSeveral());
    llama_context_params.flash_attn_type(p, flashAttention());
    llama_context_params.type_k(p, nativeType(params.kvCacheType()));
    llama_context_params.type_v(p, nativeType(params.kvCacheType()));
    llama_context_params.kv_unified(p, shared);
    llama_context_params.no_perf(p, true);
    return p;
  }

  private int flashAttention() {
    if (params.reproducible()) {
      return LibLlama.LLAMA_FLASH_ATTN_TYPE_DISABLED();
    }
    return switch (params.flashAttention()) {
      case AUTO -> LibLlama.LLAMA_FLASH_ATTN_TYPE_AUTO();
      case OFF -> LibLlama.LLAMA_FLASH_ATTN_TYPE_DISABLED();
      case ON -> LibLlama.LLAMA_FLASH_ATTN_TYPE_ENABLED();
    };
  }

  private static int nativeType(KvCacheType type) {
    return switch (type) {
      case F32 -> LibLlama.GGML_TYPE_F32();
      case F16 -> LibLlama.GGML_TYPE_F16();
      case BF16 -> LibLlama.GGML_TYPE_BF16();
      case Q8_0 -> LibLlama.GGML_TYPE_Q8_0();
      case Q5_1 -> LibLlama.GGML_TYPE_Q5_1();
      case Q5_0 -> LibLlama.GGML_TYPE_Q5_0();
      case Q4_1 -> LibLlama.GGML_TYPE_Q4_1();
      case Q4_0 -> LibLlama.GGML_TYPE_Q4_0();
      case IQ4_NL -> LibLlama.GGML_TYPE_IQ4_NL();
    };
  }
}
