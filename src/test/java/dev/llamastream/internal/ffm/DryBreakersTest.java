package dev.llamastream.internal.ffm;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.Dry;
import dev.llamastream.Model;
import dev.llamastream.ModelParams;
import dev.llamastream.SamplerParams;
import dev.llamastream.internal.bindings.LibLlama;
import dev.llamastream.internal.bindings.Symbols;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Our DRY sampler penalizes what llama.cpp's own does. */
@Timeout(300)
class DryBreakersTest {

  private static final Path VOCABULARIES = Path.of("target", "native", "llama.cpp", "models");
  private static final long CANDIDATE = 12;
  private static final int LAST_N = 256;

  @ParameterizedTest
  @ValueSource(strings = {"gpt-2", "llama-spm", "llama-bpe", "gemma-4", "bert-bge"})
  void penalizesTheSameTokens(String vocabulary) throws Throwable {
    try (Model model = load(vocabulary)) {
      ModelHandle handle = ModelAccess.handle(model);
      Random random = new Random(vocabulary.hashCode());
      int penalized = 0;
      for (int i = 0; i < 12; i++) {
        Dry dry = new Dry(1, 1.75, 1, LAST_N, breakers(random));
        int[] history = history(model, dry.breakers(), random);
        float[] expected;
        float[] actual;
        try (Arena arena = Arena.ofConfined()) {
          MemorySegment theirs = theirs(handle, dry, arena);
          expected = logits(theirs, history, handle.vocab().size(), arena);
          call("llama_sampler_free", FunctionDescriptor.ofVoid(ADDRESS)).invoke(theirs);
          actual = ours(handle, dry, history, arena);
        }
        assertThat(actual).as("%s", dry.breakers()).isEqualTo(expected);
        for (float logit : expected) {
          penalized += logit < 0 ? 1 : 0;
        }
      }
      assertThat(penalized).isPositive();
    }
  }

  @Test
  void breakersThatAreNearlyEverywhereAreRefused() {
    List<String> letters = "eaiontsrldu".chars().mapToObj(Character::toString).toList();
    try (Model model = load("command-r")) {
      ModelHandle handle = ModelAccess.handle(model);
      SamplerParams params = params(new Dry(1, 2, 2, 64, letters));
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> handle.newSampler(params, null, new int[0], 64, Duration.ZERO))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessage(
                "dry.breakers: in more than 65536 tokens of the vocabulary, must be fewer or longer");
      }
    }
  }

  @Test
  void manyStreamsShareFewTemplates() {
    try (Model model = load("gpt-2")) {
      ModelHandle handle = ModelAccess.handle(model);
      List<CompletableFuture<Void>> streams = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        SamplerParams params = params(new Dry(1, 2, 2, 64, List.of("a" + i % 20)));
        streams.add(
            CompletableFuture.runAsync(
                () -> {
                  SamplerHandle sampler =
                      handle.newSampler(params, null, new int[] {1, 2, 1}, 64, Duration.ZERO);
                  sampler.free();
                },
                Thread::startVirtualThread));
      }
      streams.forEach(CompletableFuture::join);
    }
  }

  private static SamplerParams params(Dry dry) {
    return SamplerParams.builder().dry(dry).build();
  }

  private static Model load(String vocabulary) {
    return Model.load(
        VOCABULARIES.resolve("ggml-vocab-" + vocabulary + ".gguf"),
        ModelParams.builder().vocabOnly(true).build());
  }

  /** Some that tokens contain, some that begin in one token and end in others. */
  private static List<String> breakers(Random random) {
    List<String> all =
        List.of("\n", ":", "the", " and", "ing the", "ess", "aaaa", "qu", "er\n", "日本", "\"", "zz");
    return IntStream.range(0, 1 + random.nextInt(4))
        .mapToObj(_ -> all.get(random.nextInt(all.size())))
        .toList();
  }

  /** A text that repeats itself, with breakers in it. */
  private static int[] history(Model model, List<String> breakers, Random random) {
    StringBuilder text = new StringBuilder();
    List<String> words = List.of(" cat", " dog", " aaa", " seeing", " lesser", " queue", " sit");
    String again = words.get(random.nextInt(7)) + words.get(random.nextInt(7));
    while (text.length() < 400) {
      text.append(again).append(words.get(random.nextInt(7)));
      if (random.nextInt(4) == 0) {
        text.append(breakers.get(random.nextInt(breakers.size())));
      }
    }
    text.append(again);
    return model.tokenizer().encode(text.toString(), false, false);
  }

  private static MemorySegment theirs(ModelHandle model, Dry dry, Arena arena) throws Throwable {
    MemorySegment texts = arena.allocate(ADDRESS, dry.breakers().size());
    for (int i = 0; i < dry.breakers().size(); i++) {
      texts.setAtIndex(ADDRESS, i, arena.allocateFrom(dry.breakers().get(i)));
    }
    return (MemorySegment)
        call(
                "llama_sampler_init_dry",
                FunctionDescriptor.of(
                    ADDRESS,
                    ADDRESS,
                    JAVA_FLOAT,
                    JAVA_FLOAT,
                    JAVA_INT,
                    JAVA_INT,
                    ADDRESS,
                    JAVA_LONG))
            .invokeExact(
                LibLlama.llama_model_get_vocab(model.segment()),
                (float) dry.multiplier(),
                (float) dry.base(),
                dry.allowedLength(),
                dry.lastN(),
                texts,
                (long) dry.breakers().size());
  }

  private static float[] ours(ModelHandle model, Dry dry, int[] history, Arena arena) {
    DryTemplates templates = new DryTemplates(model);
    try {
      return templates.lend(
          dry,
          LAST_N,
          template -> {
            MemorySegment sampler = template.reinterpret(ADDRESS.byteSize()).get(ADDRESS, 0);
            try {
              return logits(sampler, history, model.vocab().size(), arena);
            } catch (Throwable e) {
              throw new AssertionError(e);
            }
          });
    } finally {
      templates.free();
    }
  }

  private static float[] logits(MemorySegment sampler, int[] history, int size, Arena arena)
      throws Throwable {
    MethodHandle accept =
        call("llama_sampler_accept", FunctionDescriptor.ofVoid(ADDRESS, JAVA_INT));
    for (int token : history) {
      accept.invokeExact(sampler, token);
    }
    MemorySegment data = arena.allocate(CANDIDATE * size, 8);
    for (int id = 0; id < size; id++) {
      data.set(JAVA_INT, CANDIDATE * id, id);
    }
    MemorySegment array =
        arena.allocate(
            MemoryLayout.structLayout(
                ADDRESS, JAVA_LONG, JAVA_LONG, MemoryLayout.paddingLayout(8)));
    array.set(ADDRESS, 0, data);
    array.set(JAVA_LONG, 8, size);
    array.set(JAVA_LONG, 16, -1);
    call("llama_sampler_apply", FunctionDescriptor.ofVoid(ADDRESS, ADDRESS))
        .invokeExact(sampler, array);
    float[] logits = new float[size];
    for (int id = 0; id < size; id++) {
      logits[id] = data.get(JAVA_FLOAT, CANDIDATE * id + 4);
    }
    return logits;
  }

  private static MethodHandle call(String function, FunctionDescriptor type) {
    return Linker.nativeLinker().downcallHandle(Symbols.find(function).orElseThrow(), type);
  }
}
