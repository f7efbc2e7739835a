package dev.llamastream;

import dev.llamastream.internal.ffm.Probe;

import static dev.llamastream.TestStreams.greedy;
import static dev.llamastream.TestStreams.open;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.llamastream.fixture.TinyModel;
import dev.llamastream.internal.ffm.ContextHandle;
import java.lang.foreign.ValueLayout;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TopLogprobsTest {

  private static Model model;

  @BeforeAll
  static void load() {
    model = Model.load(TinyModel.defaultPath());
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private static List<TokenLogprob> plainComputation(ContextHandle handle) {
    handle.enter();
    float[] logits = Probe.logits(handle);
    handle.exit();
    double sum = IntStream.range(0, logits.length).mapToDouble(i -> Math.exp(logits[i])).sum();
    return IntStream.range(0, logits.length)
        .mapToObj(i -> new TokenLogprob(i, (float) (logits[i] - Math.log(sum))))
        .sorted(Comparator.comparingDouble(token -> -token.logprob()))
        .toList();
  }

  @Test
  void equalAPlainComputation() {
    GenerationRequest request =
        GenerationRequest.builder("hello")
            .maxTokens(20)
            .sampler(SamplerParams.builder().seed(3).build())
            .logprobs(true)
            .topLogprobs(5)
            .build();
    try (Context context = open(model, 256)) {
      for (Iterator<Token> tokens = context.generateStream(request).tokens(); tokens.hasNext(); ) {
        Token token = tokens.next();
        List<TokenLogprob> expected = plainComputation(context.handle());
        assertThat(token.topLogprobs()).hasSize(5);
        for (int i = 0; i < 5; i++) {
          assertThat(token.topLogprobs().get(i).id()).isEqualTo(expected.get(i).id());
          assertThat(token.topLogprobs().get(i).logprob())
              .isCloseTo(expected.get(i).logprob(), within(1e-4f));
        }
        assertThat(expected)
            .filteredOn(other -> other.id() == token.id())
            .singleElement()
            .satisfies(own -> assertThat(token.logprob()).isCloseTo(own.logprob(), within(1e-4f)));
      }
    }
  }

  @Test
  void absentUnlessAskedFor() {
    try (Context context = open(model, 256)) {
      Token token = context.generateStream(greedy("x").build()).tokens().next();
      assertThat(token.topLogprobs()).isEmpty();
      assertThat(token.logprob()).isNaN();
    }
  }

  @Test
  void notMoreThanTheVocabularyHas() {
    try (Context context = open(model, 256)) {
      Token token = context.generateStream(greedy("x").topLogprobs(1_000).build()).tokens().next();
      assertThat(token.topLogprobs()).hasSize(model.info().vocabularySize());
      double sum = token.topLogprobs().stream().mapToDouble(top -> Math.exp(top.logprob())).sum();
      assertThat(sum).isCloseTo(1, within(1e-4));
    }
  }

  @Test
  void doNotChangeTheText() {
    try (Context context = open(model, 256)) {
      GenerationRequest.Builder request = greedy("x").maxTokens(30);
      String plain = context.generate(request.build());
      assertThat(context.generate(request.logprobs(true).topLogprobs(3).build())).isEqualTo(plain);
    }
  }
}
