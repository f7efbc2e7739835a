package dev.llamastream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.chat.ChatAnswer;
import dev.llamastream.chat.ChatMessage;
import dev.llamastream.chat.ChatRequest;
import dev.llamastream.chat.ContentPart;
import dev.llamastream.chat.Tool;
import dev.llamastream.chat.ToolCall;
import dev.llamastream.chat.ToolChoice;
import dev.llamastream.engine.EngineListener;
import dev.llamastream.engine.EngineParams;
import dev.llamastream.engine.EngineSnapshot;
import dev.llamastream.engine.PrefixStore;
import dev.llamastream.fixture.BuilderShape;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Parameters and results: every option is kept, copied, compared and told. */
class ParamShapesTest {

  @Test
  void modelParams() {
    LoadListener listener = fraction -> false;
    BuilderShape.check(
        ModelParams::builder,
        Map.of(
            "gpuLayers",
            3,
            "memoryMap",
            false,
            "memoryLock",
            true,
            "vocabOnly",
            true,
            "checkTensors",
            true,
            "repackWeights",
            false,
            "devices",
            List.of("CPU"),
            "mainGpu",
            3,
            "tensorSplit",
            List.of(0.25),
            "progressListener",
            listener));
  }

  @Test
  void quantizeParams() {
    QuantizeListener listener = fraction -> false;
    BuilderShape.check(
        QuantizeParams::builder,
        Map.of(
            "type",
            QuantizationType.Q4_0,
            "threads",
            3,
            "allowRequantize",
            true,
            "progressListener",
            listener));
  }

  @Test
  void contextParams() {
    BuilderShape.check(
        ContextParams::builder,
        Map.of(
            "contextSize", 3,
            "batchSize", 3,
            "microBatchSize", 3,
            "threads", 3,
            "batchThreads", 3,
            "flashAttention", FlashAttention.ON,
            "kvCacheType", KvCacheType.BF16,
            "contextShift", true,
            "keepTokens", 3,
            "reproducible", true));
  }

  @Test
  void samplerParams() {
    Map<String, Object> values = new HashMap<>();
    for (String name :
        List.of("temperature", "topP", "minP", "typicalP", "repeatPenalty", "topNSigma")) {
      values.put(name, 0.25);
    }
    values.put("frequencyPenalty", -0.25);
    values.put("presencePenalty", -0.25);
    values.put("topK", 3);
    values.put("penaltyLastN", 3);
    values.put("seed", 3L);
    values.put("mirostat", new Mirostat(2, 5, 0.1));
    values.put("dry", Dry.of(0.8));
    values.put("xtc", new Xtc(0.5, 0.1));
    values.put("logitBias", Map.of(3, 0.25));
    values.put("grammar", "root ::= \"a\"");
    values.put("ignoreEndOfText", true);
    BuilderShape.check(SamplerParams::builder, values);
  }

  @Test
  void embedderParams() {
    BuilderShape.check(
        EmbedderParams::builder,
        Map.of("contextSize", 3, "pooling", Pooling.CLS, "normalize", false, "threads", 3));
  }

  @Test
  void rerankerParams() {
    BuilderShape.check(RerankerParams::builder, Map.of("contextSize", 3, "threads", 3));
  }

  @Test
  void generationRequest() {
    Map<String, Object> values = new HashMap<>();
    for (String name : List.of("echo", "logprobs", "scorePrompt", "collectTokens")) {
      values.put(name, true);
    }
    for (String name : List.of("maxTokens", "topLogprobs", "priority")) {
      values.put(name, 3);
    }
    values.put("sampler", SamplerParams.greedy());
    values.put("stopSequences", List.of("stop"));
    values.put("timeout", Duration.ofSeconds(3));
    values.put("reusePrefix", false);
    values.put("speculation", Speculation.promptLookup());
    BuilderShape.check(() -> GenerationRequest.builder("prompt"), values);
    GenerationRequest request = GenerationRequest.builder(new int[] {1, 2}).build();
    assertThat(request.toBuilder().build()).isEqualTo(request);
    assertThat(request).isNotEqualTo(GenerationRequest.builder(new int[] {1}).build());
    assertThat(request.toString()).startsWith("GenerationRequest[prompt=");
  }

  @Test
  void engineParams() {
    Map<String, Object> values = new HashMap<>();
    for (String name :
        List.of("slots", "maxTokensPerStream", "prefillChunk", "queueCapacity", "streamBuffer")) {
      values.put(name, 3);
    }
    values.put("context", ContextParams.defaults());
    values.put("prefixCache", false);
    values.put("prefixCacheShare", 0.25);
    values.put("prefixStore", new PrefixStore(Path.of("x"), 3));
    values.put("listener", new EngineListener() {});
    BuilderShape.check(EngineParams::builder, values);
  }

  @Test
  void streamStats() {
    Map<String, Object> values = new HashMap<>();
    for (String name :
        List.of(
            "promptTokens",
            "cachedPromptTokens",
            "generatedTokens",
            "threads",
            "draftedTokens",
            "acceptedTokens")) {
      values.put(name, 3);
    }
    values.put("characters", 3L);
    values.put("timeToFirstToken", Duration.ofSeconds(3));
    values.put("elapsed", Duration.ofSeconds(3));
    values.put("promptTokensPerSecond", 0.25);
    values.put("tokensPerSecond", 0.25);
    values.put("finishReason", FinishReason.TIMEOUT);
    values.put("stopSequence", "stop");
    BuilderShape.check(StreamStats::builder, values);
  }

  @Test
  void modelInfo() {
    Map<String, Object> values = new HashMap<>();
    for (String name : List.of("description", "architecture", "name", "chatTemplate")) {
      values.put(name, "x");
    }
    for (String name :
        List.of(
            "vocabularySize",
            "trainedContextSize",
            "embeddingSize",
            "layers",
            "heads",
            "kvHeads")) {
      values.put(name, 3);
    }
    values.put("parameters", 3L);
    values.put("sizeInBytes", 3L);
    values.put("canGenerate", true);
    BuilderShape.check(ModelInfo::builder, values);
  }

  @Test
  void engineSnapshot() {
    Map<String, Object> values = new HashMap<>();
    for (String name :
        List.of("running", "waiting", "parked", "slots", "kvCellsUsed", "kvCells", "threads")) {
      values.put(name, 3);
    }
    for (String name :
        List.of("preemptions", "storedTokensLoaded", "prefixStoreBytes", "prefixesNotStored")) {
      values.put(name, 3L);
    }
    values.put("tokensPerSecond", 0.25);
    BuilderShape.check(EngineSnapshot::builder, values);
  }

  @Test
  void completion() {
    BuilderShape.check(
        Completion::builder,
        Map.of(
            "text",
            "x",
            "finishReason",
            FinishReason.TIMEOUT,
            "stats",
            StreamStats.builder().characters(3).build(),
            "tokens",
            List.of(Token.of(1, "x", 0, 0, List.of(), true))));
  }

  @Test
  void chatRequest() {
    Map<String, Object> values = new HashMap<>();
    values.put("messages", List.of(ChatMessage.system("x"), ChatMessage.assistant("y")));
    values.put("tools", List.of(Tool.of("x", "", "{}")));
    values.put("toolChoice", ToolChoice.NONE);
    for (String name :
        List.of(
            "parallelToolCalls",
            "responseJson",
            "trustSpecialTokens",
            "continueLast",
            "logprobs",
            "collectTokens")) {
      values.put(name, true);
    }
    for (String name : List.of("thinking", "addGenerationPrompt", "reusePrefix")) {
      values.put(name, false);
    }
    for (String name : List.of("thinkingBudget", "maxTokens", "topLogprobs", "priority")) {
      values.put(name, 3);
    }
    values.put("responseSchema", "{}");
    values.put("template", "x");
    values.put("templateArguments", Map.of("x", "1"));
    values.put("now", Instant.EPOCH);
    values.put("sampler", SamplerParams.greedy());
    values.put("stopSequences", List.of("stop"));
    values.put("timeout", Duration.ofSeconds(3));
    values.put("speculation", Speculation.promptLookup());
    BuilderShape.check(() -> ChatRequest.builder(ChatMessage.assistant("x")), values);
  }

  @Test
  void chatMessage() {
    Map<String, Object> values = new HashMap<>();
    values.put("text", "x");
    values.put("content", List.of(new ContentPart.Text("x")));
    values.put("thinking", "x");
    values.put("toolCalls", List.of(ToolCall.of("1", "x", "{}")));
    values.put("toolCallId", "x");
    values.put("toolName", "x");
    BuilderShape.check(
        name ->
            ChatMessage.builder(
                List.of("toolCallId", "toolName").contains(name)
                    ? ChatMessage.Role.TOOL
                    : ChatMessage.Role.ASSISTANT),
        values);
    assertThat(ChatMessage.system("x")).isNotEqualTo(ChatMessage.user("x"));
  }

  @Test
  void chatAnswer() {
    BuilderShape.check(
        ChatAnswer::builder,
        Map.of(
            "text",
            "x",
            "thinking",
            "x",
            "thinkingTokens",
            3,
            "toolCalls",
            List.of(ToolCall.of("1", "x", "{}")),
            "finishReason",
            FinishReason.TIMEOUT,
            "stats",
            StreamStats.builder().characters(3).build(),
            "tokens",
            List.of(Token.of(1, "x", 0, 0, List.of(), true))));
  }

  @Test
  void token() {
    List<TokenLogprob> top = List.of(new TokenLogprob(2, -1));
    Token token = Token.of(1, "x", 3, -0.5f, top, true);
    assertThat(token)
        .isEqualTo(Token.of(1, "x", 3, -0.5f, top, true))
        .hasSameHashCodeAs(Token.of(1, "x", 3, -0.5f, top, true))
        .isNotEqualTo(Token.of(2, "x", 3, -0.5f, top, true))
        .isNotEqualTo(Token.of(1, "y", 3, -0.5f, top, true))
        .isNotEqualTo(Token.of(1, "x", 4, -0.5f, top, true))
        .isNotEqualTo(Token.of(1, "x", 3, -0.6f, top, true))
        .isNotEqualTo(Token.of(1, "x", 3, -0.5f, List.of(), true))
        .isNotEqualTo(Token.of(1, "x", 3, -0.5f, top, false))
        .isNotEqualTo(null)
        .hasToString(
            "Token[id=1, text=x, position=3, logprob=-0.5, topLogprobs=" + top + ", last=true]");
    assertThat(Token.of(1, "", 0, Float.NaN, List.of(), false))
        .isEqualTo(Token.of(1, "", 0, Float.NaN, List.of(), false));
    assertThat(token.topLogprobs()).isUnmodifiable();
  }
}
