package dev.llamastream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Defaults, copies, and what is refused beside numbers out of range. */
class ParamsTest {

  private static ModelParams.Builder model() {
    return ModelParams.builder();
  }

  private static ContextParams.Builder context() {
    return ContextParams.builder();
  }

  private static SamplerParams.Builder sampler() {
    return SamplerParams.builder();
  }

  private static GenerationRequest.Builder request() {
    return GenerationRequest.builder("prompt");
  }

  @Test
  void timeout() {
    Duration most = Duration.ofDays(36_500);
    for (Duration accepted : List.of(Duration.ZERO, Duration.ofNanos(1), most)) {
      assertThat(request().timeout(accepted).build().timeout()).isEqualTo(accepted);
    }
    for (Duration refused :
        List.of(Duration.ofNanos(-1), most.plusNanos(1), Duration.ofSeconds(Long.MAX_VALUE))) {
      refuses(
          "timeout: " + refused + ", must be in [0, 36500 days]",
          () -> request().timeout(refused).build());
    }
  }

  private static void refuses(String message, ThrowingCallable build) {
    assertThatThrownBy(build).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
  }

  @Test
  void textsThatNativeCodeCannotTake() {
    String breakers = "dry.breakers: each must be a text of 1 or more characters without NUL";
    refuses(breakers, () -> new Dry(1, 2, 0, 0, List.of("")));
    refuses(
        "dry.breakers bytes: 42, must be in [1, 40]",
        () -> new Dry(1, 2, 0, 0, List.of("é".repeat(21))));
    refuses(breakers, () -> new Dry(1, 2, 0, 0, List.of("ok", "a\0")));
    String stops = "stopSequences: has half a surrogate pair, must be whole characters";
    refuses(stops, () -> request().stopSequences("\ud83d").build());
    refuses(stops, () -> request().stopSequences("ok", "a\ude00b").build());
    refuses("prompt: no tokens, must have at least 1", () -> GenerationRequest.builder(new int[0]));
  }

  @ParameterizedTest
  @ValueSource(strings = {" ", "root", "root ::= [", "root ::= (", "x ::= \"a\"", "root ::= y"})
  void malformedGrammar(String grammar) {
    assertThatThrownBy(() -> sampler().grammar(grammar).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("grammar");
  }

  @ParameterizedTest
  @EnumSource
  void quantizedCacheNeedsFlashAttention(KvCacheType type) {
    ContextParams.Builder off = context().kvCacheType(type).flashAttention(FlashAttention.OFF);
    ContextParams.Builder reproducible = context().kvCacheType(type).reproducible(true);
    assertThat(context().kvCacheType(type).build().kvCacheType()).isEqualTo(type);
    if (type.quantized()) {
      String message =
          "kvCacheType: " + type + ", must be F32, F16 or BF16 without flash attention";
      refuses(message, off::build);
      refuses(message, reproducible::build);
    } else {
      assertThat(off.build().kvCacheType()).isEqualTo(type);
      assertThat(reproducible.build().kvCacheType()).isEqualTo(type);
    }
  }

  @Test
  void defaultMicroBatchFollowsTheBatch() {
    ContextParams small = context().batchSize(100).build();
    assertThat(small.toBuilder().batchSize(2048).build().microBatchSize()).isEqualTo(512);
    ContextParams chosen = context().microBatchSize(50).build();
    assertThat(chosen.toBuilder().batchSize(100).build().microBatchSize()).isEqualTo(50);
  }

  @Test
  void combinationsThatCannotWork() {
    refuses(
        "kvCacheType: Q8_0, must be F32, F16 or BF16 without flash attention",
        () -> context().kvCacheType(KvCacheType.Q8_0).flashAttention(FlashAttention.OFF).build());
    refuses(
        "kvCacheType: Q4_0, must be F32, F16 or BF16 without flash attention",
        () -> context().kvCacheType(KvCacheType.Q4_0).reproducible(true).build());
    refuses(
        "flashAttention: ON, must be AUTO or OFF in reproducible mode",
        () -> context().flashAttention(FlashAttention.ON).reproducible(true).build());
    refuses(
        "microBatchSize: 512, must be in [1, 100]",
        () -> context().batchSize(100).microBatchSize(512).build());
  }

  // ---- null ----

  @Test
  void nullNamesTheField() {
    refusesNull("devices", () -> model().devices(null).build());
    refusesNull("tensorSplit", () -> model().tensorSplit(null).build());
    refusesNull("progressListener", () -> model().progressListener(null).build());
    refusesNull("flashAttention", () -> context().flashAttention(null).build());
    refusesNull("kvCacheType", () -> context().kvCacheType(null).build());
    refusesNull("mirostat", () -> sampler().mirostat(null).build());
    refusesNull("dry", () -> sampler().dry(null).build());
    refusesNull("xtc", () -> sampler().xtc(null).build());
    refusesNull("logitBias", () -> sampler().logitBias(null).build());
    refusesNull("grammar", () -> sampler().grammar(null).build());
    refusesNull("dry.breakers", () -> new Dry(1, 2, 0, 0, null));
    refusesNull("prompt", () -> GenerationRequest.builder((String) null));
    refusesNull("prompt", () -> GenerationRequest.builder((int[]) null));
    refusesNull("prompt", () -> new Prompt.Tokens(null));
    refusesNull("sampler", () -> request().sampler(null).build());
    refusesNull("stopSequences", () -> request().stopSequences((List<String>) null).build());
    refusesNull("stopSequences", () -> request().stopSequences((String[]) null).build());
    refusesNull("timeout", () -> request().timeout(null).build());
  }

  @Test
  void nullInAListNamesTheField() {
    List<Double> numbers = Arrays.asList(1.0, null);
    List<String> texts = Arrays.asList("a", null);
    Map<Integer, Double> noBias = Collections.singletonMap(1, null);
    Map<Integer, Double> noToken = Collections.singletonMap(null, 1.0);
    refusesNull("devices", () -> model().devices(texts).build());
    refusesNull("tensorSplit", () -> model().tensorSplit(numbers).build());
    refusesNull("logitBias", () -> sampler().logitBias(noBias).build());
    refusesNull("logitBias", () -> sampler().logitBias(noToken).build());
    refusesNull("dry.breakers", () -> new Dry(1, 2, 0, 0, texts));
    refusesNull("prompt", () -> new Prompt.Tokens(Arrays.asList(1, null)));
    refusesNull("stopSequences", () -> request().stopSequences(texts).build());
    refusesNull("stopSequences", () -> request().stopSequences("a", null).build());
  }

  private static void refusesNull(String field, ThrowingCallable build) {
    assertThatThrownBy(build)
        .as("%s", field)
        .isInstanceOf(NullPointerException.class)
        .message()
        .startsWith(field);
  }

  // ---- defaults, presets, copies ----

  @Test
  void defaultsAreTheDocumentedOnes() {
    assertThat(ModelParams.defaults())
        .isEqualTo(model().build())
        .isEqualTo(
            model()
                .gpuLayers(-1)
                .memoryMap(true)
                .memoryLock(false)
                .vocabOnly(false)
                .checkTensors(false)
                .repackWeights(true)
                .devices(List.of())
                .mainGpu(-1)
                .tensorSplit(List.of())
                .progressListener(LoadListener.NONE)
                .build());
    assertThat(ContextParams.defaults())
        .isEqualTo(context().build())
        .isEqualTo(
            context()
                .contextSize(4096)
                .batchSize(2048)
                .microBatchSize(512)
                .threads(0)
                .batchThreads(0)
                .flashAttention(FlashAttention.AUTO)
                .kvCacheType(KvCacheType.F16)
                .contextShift(false)
                .keepTokens(0)
                .reproducible(false)
                .build());
    assertThat(context().batchSize(100).build().microBatchSize()).isEqualTo(100);
    Dry dry = new Dry(0, 1.75, 2, 1024, List.of("\n", ":", "\"", "*"));
    assertThat(SamplerParams.defaults())
        .isEqualTo(sampler().build())
        .isEqualTo(
            sampler()
                .temperature(0.8)
                .topK(40)
                .topP(0.95)
                .minP(0.05)
                .typicalP(1)
                .repeatPenalty(1)
                .frequencyPenalty(0)
                .presencePenalty(0)
                .penaltyLastN(64)
                .seed(SamplerParams.RANDOM_SEED)
                .mirostat(new Mirostat(0, 5, 0.1))
                .dry(dry)
                .xtc(new Xtc(0, 0.1))
                .topNSigma(0)
                .logitBias(Map.of())
                .grammar("")
                .ignoreEndOfText(false)
                .build());
    assertThat(request().build())
        .isEqualTo(
            request()
                .maxTokens(100)
                .sampler(SamplerParams.defaults())
                .stopSequences(List.of())
                .timeout(Duration.ZERO)
                .echo(false)
                .reusePrefix(true)
                .logprobs(false)
                .topLogprobs(0)
                .scorePrompt(false)
                .collectTokens(false)
                .priority(0)
                .build());
    assertThat(request().build().prompt()).isEqualTo(new Prompt.Text("prompt"));
  }

  @Test
  void presets() {
    assertThat(SamplerParams.greedy()).isEqualTo(sampler().temperature(0).build());
    assertThat(SamplerParams.creative())
        .isEqualTo(sampler().temperature(1.1).topK(0).topP(0.98).minP(0.02).build());
    assertThat(SamplerParams.precise())
        .isEqualTo(sampler().temperature(0.2).topK(20).topP(0.9).build());
    assertThat(Dry.of(0.5)).isEqualTo(new Dry(0.5, 1.75, 2, 1024, Dry.OFF.breakers()));
  }

  @Test
  void whatWasPassedMayChange() {
    List<String> texts = new ArrayList<>(List.of("a"));
    List<Double> numbers = new ArrayList<>(List.of(1.0));
    Map<Integer, Double> bias = new HashMap<>(Map.of(1, 2.0));
    int[] ids = {1, 2};
    String[] stops = {"a"};
    ModelParams model = model().devices(texts).tensorSplit(numbers).build();
    SamplerParams sampler = sampler().logitBias(bias).dry(new Dry(1, 2, 0, 0, texts)).build();
    GenerationRequest.Builder fromIds = GenerationRequest.builder(ids).stopSequences(texts);
    GenerationRequest first = fromIds.build();
    GenerationRequest.Builder fromArray = request().stopSequences(stops);
    texts.set(0, "b");
    numbers.clear();
    bias.clear();
    ids[0] = 9;
    stops[0] = "b";

    assertThat(model.devices()).containsExactly("a").isUnmodifiable();
    assertThat(model.tensorSplit()).containsExactly(1.0).isUnmodifiable();
    assertThat(sampler.logitBias()).isEqualTo(Map.of(1, 2.0)).isUnmodifiable();
    assertThat(sampler.dry().breakers()).containsExactly("a").isUnmodifiable();
    assertThat(first.stopSequences()).containsExactly("a").isUnmodifiable();
    assertThat(first.prompt()).isEqualTo(new Prompt.Tokens(List.of(1, 2)));
    assertThat(fromArray.build().stopSequences()).containsExactly("a");
  }
}
