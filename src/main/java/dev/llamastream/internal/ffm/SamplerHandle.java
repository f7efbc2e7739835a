package dev.llamastream.internal.ffm;

import static dev.llamastream.internal.bindings.LibLlama.C_INT;

import dev.llamastream.InvalidValueException;
import dev.llamastream.LlamaException;
import dev.llamastream.SamplerParams;
import dev.llamastream.internal.bindings.LibLlama;
import dev.llamastream.internal.bindings.llama_logit_bias;
import dev.llamastream.internal.bindings.ls_sampler_params;
import dev.llamastream.internal.natives.NativeError;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An {@code ls_sampler}. One thread at a time, and under a lease of the model. */
public final class SamplerHandle {

  private final Arena arena;
  private final NativeError error;
  private final MemorySegment sampler;

  /**
   * Creates a sampler.
   *
   * @param chat what the answer obeys; null outside of a chat
   * @param tokens the maximum number of tokens that it will receive, which limits its memory
   * @param dry an {@code ls_dry} to copy; NULL for none
   */
  static SamplerHandle make(
      ModelHandle model,
      SamplerParams params,
      @Nullable ChatRules chat,
      int tokens,
      MemorySegment dry) {
    return Owned.make(arena -> new SamplerHandle(model, params, chat, tokens, dry, arena));
  }

  private SamplerHandle(
      ModelHandle model,
      SamplerParams params,
      @Nullable ChatRules chat,
      int tokens,
      MemorySegment dry,
      Arena arena) {
    this.arena = arena;
    error = new NativeError(arena);
    try (Arena temporary = Arena.ofConfined()) {
      MemorySegment nativeParams = toNative(params, biases(model, params), tokens, dry, temporary);
      ls_sampler_params.chat(
          nativeParams, chat == null ? MemorySegment.NULL : chat.format().segment());
      ls_sampler_params.thinking_budget(nativeParams, chat == null ? -1 : chat.thinkingBudget());
      MemorySegment s = LibLlama.ls_sampler_new(model.segment(), nativeParams, error.segment());
      if (s.equals(MemorySegment.NULL)) {
        if (error.fatal() || params.grammar().isEmpty()) {
          throw error.generationFailure();
        }
        LlamaException cause = error.generationFailure();
        throw new InvalidValueException("grammar", cause);
      }
      sampler = Owned.object(s, arena, LibLlama::ls_sampler_free);
    }
  }

  private static Map<Integer, Double> biases(ModelHandle model, SamplerParams params) {
    if (!params.ignoreEndOfText()) {
      return params.logitBias();
    }
    Map<Integer, Double> biases = new HashMap<>(params.logitBias());
    for (int end : model.vocab().endsOfGeneration()) {
      biases.put(end, Double.NEGATIVE_INFINITY);
    }
    return biases;
  }

  private static MemorySegment toNative(
      SamplerParams params,
      Map<Integer, Double> biases,
      int tokens,
      MemorySegment dry,
      Arena arena) {
    MemorySegment p = ls_sampler_params.allocate(arena);
    ls_sampler_params.logit_bias(p, logitBias(biases, arena));
    ls_sampler_params.n_logit_bias(p, biases.size());
    ls_sampler_params.penalty_last_n(p, Math.min(params.penaltyLastN(), tokens));
    ls_sampler_params.repeat_penalty(p, (float) params.repeatPenalty());
    ls_sampler_params.frequency_penalty(p, (float) params.frequencyPenalty());
    ls_sampler_params.presence_penalty(p, (float) params.presencePenalty());
    ls_sampler_params.dry(p, dry);
    ls_sampler_params.top_n_sigma(p, (float) params.topNSigma());
    ls_sampler_params.top_k(p, params.topK());
    ls_sampler_params.typical_p(p, (float) params.typicalP());
    ls_sampler_params.top_p(p, (float) params.topP());
    ls_sampler_params.min_p(p, (float) params.minP());
    ls_sampler_params.xtc_probability(p, (float) params.xtc().probability());
    ls_sampler_params.xtc_threshold(p, (float) params.xtc().threshold());
    ls_sampler_params.temperature(p, (float) params.temperature());
    ls_sampler_params.mirostat(p, params.mirostat().version());
    ls_sampler_params.mirostat_tau(p, (float) params.mirostat().tau());
    ls_sampler_params.mirostat_eta(p, (float) params.mirostat().eta());
    // RANDOM_SEED, -1, becomes LLAMA_DEFAULT_SEED, 2^32 - 1
    ls_sampler_params.seed(p, (int) params.seed());
    ls_sampler_params.grammar(
        p, params.grammar().isEmpty() ? MemorySegment.NULL : arena.allocateFrom(params.grammar()));
    return p;
  }

  private static MemorySegment logitBias(Map<Integer, Double> biases, Arena arena) {
    MemorySegment array = llama_logit_bias.allocateArray(biases.size(), arena);
    long i = 0;
    for (Map.Entry<Integer, Double> bias : biases.entrySet()) {
      MemorySegment element = llama_logit_bias.asSlice(array, i++);
      llama_logit_bias.token(element, bias.getKey());
      llama_logit_bias.bias(element, bias.getValue().floatValue());
    }
    return array;
  }

  /** Shows the sampler the prompt, for the penalties. */
  public void acceptPrompt(int[] prompt) {
    try (Arena temporary = Arena.ofConfined()) {
      MemorySegment tokens = temporary.allocateFrom(C_INT, prompt);
      if (LibLlama.ls_sampler_accept_prompt(sampler, tokens, prompt.length, error.segment()) != 0) {
        throw error.generationFailure();
      }
    }
  }

  /** Selects a token from the logits of an output row of the last batch, and accepts it. */
  public int sample(ContextHandle context, int row) {
    int token = LibLlama.ls_sampler_sample(sampler, context.segment(), row, error.segment());
    if (token == LibLlama.LS_FAILED()) {
      throw error.generationFailure();
    }
    return token;
  }

  MemorySegment segment() {
    return sampler;
  }

  /** Frees the sampler. Must be called only once. */
  public void free() {
    arena.close();
  }
}
