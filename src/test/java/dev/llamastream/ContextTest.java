package dev.llamastream;

import static dev.llamastream.TestStreams.greedy;
import static dev.llamastream.TestStreams.ids;
import static dev.llamastream.TestStreams.open;
import static dev.llamastream.TestStreams.pieces;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.TestStreams.Puller;
import dev.llamastream.fixture.ScriptedModel;
import dev.llamastream.fixture.TinyModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(600)
class ContextTest {
  private static final ScriptedModel SCRIPT = ScriptedModel.of("Hello", " ", "wörld", "!");

  private static Model scripted;
  private static Model tiny;

  @BeforeAll
  static void load() {
    scripted = Model.load(SCRIPT.path());
    tiny = Model.load(TinyModel.defaultPath());
  }

  @AfterAll
  static void close() {
    scripted.close();
    tiny.close();
  }

  @Test
  void sizeIsRoundedUpAndZeroIsTheModels() {
    int[][] askedAndGiven = {{1, 256}, {256, 256}, {257, 512}, {1_000, 1_024}, {0, 8_192}};
    for (int[] sizes : askedAndGiven) {
      try (Context context = open(tiny, sizes[0])) {
        assertThat(context.contextSize()).isEqualTo(sizes[1]);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyKvCacheTypeWorksWithAndWithoutFlashAttention(KvCacheType type) {
    for (FlashAttention attention : FlashAttention.values()) {
      ContextParams.Builder params =
          ContextParams.builder()
              .contextSize(512)
              .threads(1)
              .batchThreads(1)
              .kvCacheType(type)
              .flashAttention(attention);
      if (type.quantized() && attention == FlashAttention.OFF) {
        assertThatIllegalArgumentException()
            .isThrownBy(params::build)
            .withMessageContainingAll("kvCacheType", type.name());
        continue;
      }
      try (Context context = new Context(scripted, params.build());
          Context other = new Context(tiny, params.build())) {
        assertThat(context.generate(greedy("x".repeat(300)).build())).isEqualTo(SCRIPT.text());
        assertThat(ids(other.generateStream(greedy("x".repeat(300)).maxTokens(20).build())))
            .hasSize(20);
      }
    }
  }

  @Test
  void vocabularyAloneCannotGenerate() {
    ModelParams vocabOnly = ModelParams.builder().vocabOnly(true).build();
    try (Model model = Model.load(TinyModel.defaultPath(), vocabOnly)) {
      assertThat(model.info().canGenerate()).isFalse();
      assertThatThrownBy(() -> open(model, 256))
          .isInstanceOf(ContextCreationException.class)
          .hasMessageContaining("vocabOnly");
    }
  }

  @Test
  void reproducibleModeWantsWeightsThatAreNotRepacked() {
    assertThatThrownBy(() -> new Context(tiny, ContextParams.builder().reproducible(true).build()))
        .isInstanceOf(ContextCreationException.class)
        .hasMessageContaining("repackWeights");
  }

  @Test
  void contextThatNoMemoryCanHoldIsAnError() {
    try (Model model = Model.load(Path.of(System.getProperty("llamastream.test.model")))) {
      ContextParams absurd = ContextParams.builder().contextSize(Integer.MAX_VALUE - 256).build();
      assertThatThrownBy(() -> new Context(model, absurd))
          .isInstanceOf(ContextCreationException.class);
      try (Context context = open(model, 256)) {
        assertThat(context.generate("The", 3, SamplerParams.greedy())).isNotEmpty();
      }
    }
  }

  @Test
  void closedModelHasNoContexts() {
    Model model = Model.load(SCRIPT.path());
    model.close();
    assertThatIllegalStateException()
        .isThrownBy(() -> open(model, 256))
        .withMessageContaining("closed");
  }

  @Test
  void everyUseOfAClosedContextIsRefused() {
    Context context = open(scripted, 256);
    context.close();
    context.close();
    for (ThrowingCallable use :
        List.<ThrowingCallable>of(
            () -> context.generateStream("x"),
            () -> context.generateStream("x", 5),
            () -> context.generateStream("x", 5, SamplerParams.greedy()),
            () -> context.streamWithStats("x"),
            () -> context.streamWithStats("x", 5),
            () -> context.streamWithStats("x", 5, SamplerParams.greedy()),
            () -> context.generate("x"),
            () -> context.generate("x", 5),
            () -> context.generate("x", 5, SamplerParams.greedy()),
            context::saveState,
            context::clearCache)) {
      assertThatIllegalStateException().isThrownBy(use).withMessageContaining("closed");
    }
    assertThat(context.contextSize()).isEqualTo(256);
  }

  @Test
  void everyFormOfGenerateDoesTheSame() {
    SamplerParams greedy = SamplerParams.greedy();
    GenerationRequest request = greedy("x").build();
    try (Context context = open(scripted, 256)) {
      // the script is so probable that any sampler follows it
      Stream.of(
              context.generate("x"),
              context.generate("x", 10),
              context.generate("x", 10, greedy),
              context.generate(request))
          .forEach(text -> assertThat(text).isEqualTo(SCRIPT.text()));
      for (int i = 0; i < 8; i++) {
        TokenStream stream =
            switch (i) {
              case 0 -> context.generateStream("x");
              case 1 -> context.generateStream("x", 10);
              case 2 -> context.generateStream("x", 10, greedy);
              case 3 -> context.generateStream(request);
              case 4 -> context.streamWithStats("x");
              case 5 -> context.streamWithStats("x", 10);
              case 6 -> context.streamWithStats("x", 10, greedy);
              default -> context.streamWithStats(request);
            };
        assertThat(String.join("", pieces(stream))).isEqualTo(SCRIPT.text());
      }
      assertThat(context.generate("x", 1)).isEqualTo("Hello");
    }
  }

  @Test
  void contextInUseByAnotherThreadRefusesEverythingElse() throws InterruptedException {
    try (Context context = open(scripted, 256)) {
      TokenStream stream = context.generateStream("x");
      assertThat(stream.next()).isEqualTo("Hello");
      context.handle().enter(); // as a thread that is decoding
      try {
        List<Throwable> thrown = new ArrayList<>();
        Thread other =
            Thread.ofPlatform()
                .start(
                    () -> {
                      for (Runnable use :
                          List.<Runnable>of(
                              () -> context.generateStream("y"),
                              context::clearCache,
                              context::saveState,
                              stream::next)) {
                        try {
                          use.run();
                        } catch (IllegalStateException e) {
                          thrown.add(e);
                        }
                      }
                    });
        other.join();
        assertThat(thrown)
            .hasSize(4)
            .allSatisfy(
                e ->
                    assertThat(e)
                        .hasMessageContainingAll("in use", Thread.currentThread().getName()));
      } finally {
        context.handle().exit();
      }
      // the stream was neither superseded nor ended
      assertThat(pieces(stream)).containsExactly(" ", "wörld", "!");
    }
  }

  @Test
  void secondPullerIsRefusedAndHarmsNothing() throws InterruptedException {
    try (Model slow = Model.load(TinyModel.defaults().withLayers(30).path());
        Context context = open(slow, 8192)) {
      boolean refused = false;
      for (int round = 0; round < 20 && !refused; round++) {
        TokenStream stream =
            context.generateStream(
                greedy("y".repeat(2_000)).reusePrefix(false).maxTokens(2).build());
        Puller puller = Puller.decoding(stream);
        int others = 0;
        try {
          others = stream.hasNext() ? 1 : 0; // in time for the prefill, or too late for it
        } catch (IllegalStateException e) {
          refused = true;
        }
        assertThat(puller.join().size() + others).isBetween(1, 3);
        assertThat(stream.finishReason()).contains(FinishReason.MAX_TOKENS);
      }
      assertThat(refused).isTrue();
    }
  }

  @Test
  void streamMayMoveFromThreadToThread() throws Exception {
    try (Context context = open(scripted, 256)) {
      TokenStream stream = context.generateStream("x");
      StringBuilder text = new StringBuilder();
      for (Thread.Builder kind : List.of(Thread.ofPlatform(), Thread.ofVirtual())) {
        for (int i = 0; i < 2; i++) {
          CompletableFuture<String> piece = new CompletableFuture<>();
          kind.start(() -> piece.completeAsync(stream::next, Runnable::run)).join();
          text.append(piece.get());
        }
      }
      assertThat(text).hasToString(SCRIPT.text());
    }
  }

  @Test
  void twoModelsAtOnceDoNotMix() {
    try (Model other = Model.load(ScriptedModel.of("one", "two", "three").path());
        Context first = open(scripted, 256);
        Context second = open(other, 256)) {
      TokenStream a = first.generateStream("x");
      TokenStream b = second.generateStream("x");
      List<String> mixed = new ArrayList<>();
      while (a.hasNext() || b.hasNext()) {
        if (a.hasNext()) {
          mixed.add(a.next());
        }
        if (b.hasNext()) {
          mixed.add(b.next());
        }
      }
      assertThat(mixed).containsExactly("Hello", "one", " ", "two", "wörld", "three", "!");
    }
  }

  @Test
  void eightContextsInEightThreadsDoAsTheyDoAlone() throws InterruptedException {
    List<GenerationRequest> requests = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      requests.add(
          GenerationRequest.builder("prompt " + i)
              .maxTokens(100)
              .reusePrefix(false)
              .sampler(SamplerParams.builder().seed(i).temperature(1.2).build())
              .build());
    }
    List<List<Token>> alone = new ArrayList<>();
    try (Context context = open(tiny, 512)) {
      for (GenerationRequest request : requests) {
        alone.add(TestStreams.tokens(context.generateStream(request)));
      }
    }
    List<Context> contexts = new ArrayList<>();
    List<Puller> pullers = new ArrayList<>();
    for (GenerationRequest request : requests) {
      contexts.add(open(tiny, 512));
      pullers.add(new Puller(contexts.getLast().generateStream(request)));
    }
    for (int i = 0; i < 8; i++) {
      assertThat(pullers.get(i).join()).as("context %d", i).isEqualTo(alone.get(i));
    }
    contexts.forEach(Context::close);
  }
}
