package dev.llamastream.internal.ffm;

import static dev.llamastream.internal.bindings.LibLlama.C_FLOAT;
import static dev.llamastream.internal.bindings.LibLlama.C_INT;

import dev.llamastream.internal.bindings.LibLlama;
import dev.llamastream.internal.bindings.llama_batch;
import dev.llamastream.internal.natives.NativeError;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Does with handles what tests need and the library does not. Wants the context's lease. */
public final class Probe {

  private Probe() {}

  /** The logits of the last output row. */
  public static float[] logits(ContextHandle context) {
    try (Arena arena = Arena.ofConfined()) {
      NativeError error = new NativeError(arena);
      MemorySegment logits = LibLlama.ls_logits(context.segment(), -1, error.segment());
      if (logits.equals(MemorySegment.NULL)) {
        throw error.generationFailure();
      }
      return logits.reinterpret(context.vocab().size() * C_FLOAT.byteSize()).toArray(C_FLOAT);
    }
  }

  /** The token that a sampler takes from these logits, and accepts. */
  public static int sample(SamplerHandle sampler, MemorySegment logits) {
    try (Arena arena = Arena.ofConfined()) {
      NativeError error = new NativeError(arena);
      int token = LibLlama.ls_sampler_sample_logits(sampler.segment(), logits, error.segment());
      if (token == LibLlama.LS_FAILED()) {
        throw error.generationFailure();
      }
      return token;
    }
  }

  /** Decodes one token more than a batch may have, which libllama asserts. */
  public static boolean decodeTooMany(ContextHandle context) {
    int count = context.batchSize() + 1;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment batch = llama_batch.allocate(arena);
      llama_batch.token(batch, arena.allocate(C_INT, count));
      llama_batch.n_tokens(batch, count);
      return context.decode(batch, count);
    }
  }
}
