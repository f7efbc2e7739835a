package dev.llamastream.internal.ffm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.ContextParams;
import dev.llamastream.ModelParams;
import dev.llamastream.fixture.Prompts;
import dev.llamastream.fixture.TinyModel;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a decode that is stopped at any moment leaves in the KV cache. */
class StoppedDecodeTest {

  private static final int MICRO_BATCH = 16;
  private static final int PROMPT = 256;

  private final int[] prompt = new Random(1).ints(PROMPT, 3, 250).toArray();
  private ModelHandle model;
  private ContextHandle context;

  @BeforeEach
  void open() {
    model =
        ModelHandle.load(
            TinyModel.defaults().withLayers(8).path(),
            ModelParams.defaults(),
            new ModelFacts(Set.of(), false, Prompts.KEY, List.of()));
    ContextParams params =
        ContextParams.builder()
            .contextSize(512)
            .microBatchSize(MICRO_BATCH)
            .threads(1)
            .batchThreads(1)
            .build();
    context = ContextHandle.open(model, params);
    context.enter();
  }

  @AfterEach
  void close() {
    context.exit();
    model.close();
  }

  private float[] logits() {
    return Probe.logits(context);
  }

  @Test
  void wholeMicroBatchesAreLeftAndGoodToGoOnFrom() {
    assertThat(context.kvCache().length(0)).isZero();
    long start = System.nanoTime();
    assertThat(context.decode(Prompts.prompt(prompt), 0, PROMPT)).isTrue();
    long whole = System.nanoTime() - start;
    assertThat(context.kvCache().length(0)).isEqualTo(PROMPT);
    float[] expected = logits();

    Set<Integer> lengths = new TreeSet<>();
    for (int i = 0; lengths.size() < 4; i++) {
      context.kvCache().clear();
      context.setTimeout(whole * (i % 20) / 20);
      if (!context.decode(Prompts.prompt(prompt), 0, PROMPT)) {
        int length = context.kvCache().length(0);
        assertThat(length % MICRO_BATCH).isZero();
        assertThat(length).isLessThan(PROMPT);
        lengths.add(length);
        context.setTimeout(-1);
        assertThat(context.decode(Prompts.prompt(prompt), length, PROMPT)).isTrue();
        assertThat(logits()).isEqualTo(expected);
      }
      context.setTimeout(-1);
    }
  }
}
