package dev.llamastream.springboot;

import dev.llamastream.ContextParams;
import dev.llamastream.EmbedderParams;
import dev.llamastream.FlashAttention;
import dev.llamastream.KvCacheType;
import dev.llamastream.ModelParams;
import dev.llamastream.Pooling;
import dev.llamastream.chat.ToolChoice;
import dev.llamastream.engine.EngineParams;
import dev.llamastream.springai.LlamaChatOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * What the application says of the models.
 *
 * @param model Name of the chat model, such as llama3.2:1b, or path of its GGUF file. A model with
 *     a name is downloaded on first use. If it is split into several files, the first.
 * @param gpuLayers How many layers to offload to GPUs, from the output backwards. -1 for all.
 * @param memoryMap Whether to map the file instead of reading it.
 * @param memoryLock Whether to keep the model from being swapped out.
 * @param contextSize How many tokens the KV cache holds, for all answers together.
 * @param maxTokensPerStream The maximum number of prompt and generated tokens of one answer. 0 for
 *     as many as the KV cache holds.
 * @param slots The maximum number of answers that are generated together.
 * @param queueCapacity How many requests may wait for a slot. More are refused.
 * @param streamBuffer How many tokens of an answer may wait for its reader before the answer is
 *     parked.
 * @param threads The number of threads that decode a token. 0 lets the library find the best.
 * @param batchThreads The number of threads that compute several tokens at once. 0 lets the library
 *     find the best.
 * @param kvCacheType How the KV cache stores keys and values.
 * @param flashAttention When to use flash attention.
 * @param reproducible Whether the same request gives the same tokens, alone or among others.
 *     Slower.
 * @param prefixStore Where the prefix cache survives a restart.
 * @param shutdownTimeout How long answers may continue after the application begins to shut down.
 *     Default nine tenths of spring.lifecycle.timeout-per-shutdown-phase.
 * @param chat The options of requests that do not say otherwise.
 * @param embedding The embedding model.
 */
@ConfigurationProperties(LlamaProperties.PREFIX)
record LlamaProperties(
    @Nullable String model,
    @DefaultValue("-1") int gpuLayers,
    @DefaultValue("true") boolean memoryMap,
    @DefaultValue("false") boolean memoryLock,
    @DefaultValue("8192") int contextSize,
    @DefaultValue("0") int maxTokensPerStream,
    @DefaultValue("8") int slots,
    @DefaultValue("256") int queueCapacity,
    @DefaultValue("32") int streamBuffer,
    @DefaultValue("0") int threads,
    @DefaultValue("0") int batchThreads,
    @DefaultValue("f16") KvCacheType kvCacheType,
    @DefaultValue("auto") FlashAttention flashAttention,
    @DefaultValue("false") boolean reproducible,
    @DefaultValue Store prefixStore,
    @Nullable Duration shutdownTimeout,
    @DefaultValue Chat chat,
    @DefaultValue Embedding embedding) {

  static final String PREFIX = "spring.ai.llamastream";

  ModelParams modelParams() {
    return ModelParams.builder()
        .gpuLayers(gpuLayers)
        .memoryMap(memoryMap)
        .memoryLock(memoryLock)
        .repackWeights(!reproducible)
        .build();
  }

  EngineParams engineParams() {
    EngineParams.Builder params =
        EngineParams.builder()
            .context(
                ContextParams.builder()
                    .contextSize(contextSize)
                    .threads(threads)
                    .batchThreads(batchThreads)
                    .kvCacheType(kvCacheType)
                    .flashAttention(flashAttention)
                    .reproducible(reproducible)
                    .build())
            .maxTokensPerStream(maxTokensPerStream)
            .slots(slots)
            .queueCapacity(queueCapacity)
            .streamBuffer(streamBuffer);
    if (prefixStore.folder != null) {
      params.prefixStore(prefixStore.folder, prefixStore.maxBytes.toBytes());
    }
    return params.build();
  }

  /**
   * Where the prefix cache survives a restart.
   *
   * @param folder A folder for the prefixes of ended answers. Contains prompts and answers.
   * @param maxBytes The maximum size of all its files together.
   */
  record Store(@Nullable Path folder, @DefaultValue("4GB") DataSize maxBytes) {}

  /**
   * The options of requests that do not say otherwise.
   *
   * @param temperature How much chance decides. 0 for none. Default 0.8.
   * @param topK How many of the most likely tokens to choose from. 0 for all.
   * @param topP Choose from the most likely tokens whose probabilities add up to this.
   * @param minP Choose from tokens at least this likely, as a share of the most likely one.
   * @param typicalP Choose from tokens whose probability is typical, up to this sum.
   * @param repeatPenalty Divides the odds of tokens that were used. 1 for none.
   * @param frequencyPenalty Taken from the logit of a token each time that it was used.
   * @param presencePenalty Taken from the logit of a token that was used.
   * @param penaltyLastN How many of the last tokens the penalties look at.
   * @param seed Of the chance. -1 for another one each time.
   * @param maxTokens The maximum number of tokens to generate, thinking included.
   * @param stopSequences Texts that end the answer.
   * @param thinking Whether a model that can may think before it answers.
   * @param thinkingBudget The maximum number of tokens of thinking. -1 for no limit.
   * @param toolChoice Whether the model must call a tool: auto, none, required or a tool's name.
   * @param parallelToolCalls Whether the model may call several tools at once.
   * @param timeout How long an answer may take.
   */
  record Chat(
      @Nullable Double temperature,
      @Nullable Integer topK,
      @Nullable Double topP,
      @Nullable Double minP,
      @Nullable Double typicalP,
      @Nullable Double repeatPenalty,
      @Nullable Double frequencyPenalty,
      @Nullable Double presencePenalty,
      @Nullable Integer penaltyLastN,
      @Nullable Long seed,
      @Nullable Integer maxTokens,
      @Nullable List<String> stopSequences,
      @Nullable Boolean thinking,
      @Nullable Integer thinkingBudget,
      @Nullable String toolChoice,
      @Nullable Boolean parallelToolCalls,
      @Nullable Duration timeout) {

    /**
     * The options.
     *
     * @param model the name of the loaded model
     */
    LlamaChatOptions options(@Nullable String model) {
      return LlamaChatOptions.builder()
          .model(model)
          .temperature(temperature)
          .topK(topK)
          .topP(topP)
          .minP(minP)
          .typicalP(typicalP)
          .repeatPenalty(repeatPenalty)
          .frequencyPenalty(frequencyPenalty)
          .presencePenalty(presencePenalty)
          .penaltyLastN(penaltyLastN)
          .seed(seed)
          .maxTokens(maxTokens)
          .stopSequences(stopSequences)
          .thinking(thinking)
          .thinkingBudget(thinkingBudget)
          .toolChoice(toolChoice == null ? null : choice(toolChoice))
          .parallelToolCalls(parallelToolCalls)
          .timeout(timeout)
          .build();
    }

    private static ToolChoice choice(String name) {
      return switch (name.toLowerCase(Locale.ROOT)) {
        case "auto" -> ToolChoice.AUTO;
        case "none" -> ToolChoice.NONE;
        case "required" -> ToolChoice.REQUIRED;
        default -> ToolChoice.of(name);
      };
    }
  }

  /**
   * The embedding model.
   *
   * @param model Name of the embedding model, or path of its GGUF file.
   * @param contextSize The maximum number of tokens in one text. 0 for as many as the model was
   *     trained with.
   * @param pooling How the embeddings of a text's tokens are combined.
   * @param normalize Whether embeddings are scaled to length 1.
   * @param threads The number of threads that compute. 0 lets the library choose.
   */
  record Embedding(
      @Nullable String model,
      @DefaultValue("2048") int contextSize,
      @DefaultValue("model") Pooling pooling,
      @DefaultValue("true") boolean normalize,
      @DefaultValue("0") int threads) {

    EmbedderParams params() {
      return EmbedderParams.builder()
          .contextSize(contextSize)
          .pooling(pooling)
          .normalize(normalize)
          .threads(threads)
          .build();
    }
  }
}
