package dev.llamastream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.ContextParams;
import dev.llamastream.GenerationRequest;
import dev.llamastream.Model;
import dev.llamastream.SamplerParams;
import dev.llamastream.Token;
import dev.llamastream.fixture.TinyModel;
import dev.llamastream.internal.ffm.ContextConfig;
import dev.llamastream.internal.ffm.ContextHandle;
import dev.llamastream.internal.ffm.ModelAccess;
import dev.llamastream.internal.ffm.ModelHandle;
import dev.llamastream.internal.generation.Generation;
import dev.llamastream.internal.prompt.EncodedPrompt;
import dev.llamastream.internal.scheduling.Scheduler;
import dev.llamastream.internal.scheduling.SchedulerConfig;
import dev.llamastream.internal.scheduling.Step;
import dev.llamastream.internal.scheduling.Step.Slice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

/** Tokens that are proposed, on a real context: the text is what it is without them. */
class SeveralOutputsTest {

  private static final int TOKENS = 40;
  private static final int PROPOSED = 4;

  private int decodes;

  /** Generates greedily, and proposes what is given for the number of tokens that there are. */
  private List<Integer> generate(IntFunction<int[]> proposals) {
    GenerationRequest request =
        GenerationRequest.builder("hello")
            .maxTokens(TOKENS)
            .sampler(SamplerParams.builder().temperature(0).ignoreEndOfText(true).build())
            .build();
    decodes = 0;
    try (Model model = Model.load(TinyModel.defaultPath())) {
      ModelHandle handle = ModelAccess.handle(model);
      ContextParams params = ContextParams.builder().contextSize(512).build();
      ContextConfig config = new ContextConfig(params, 1, true, 1 + PROPOSED);
      handle.lifetime().acquire();
      EngineContext context = new EngineContext(handle, config, ContextHandle::decode);
      context.enter();
      handle.lifetime().release();
      try {
        return generate(request, handle, context, proposals);
      } finally {
        context.leave();
      }
    }
  }

  private List<Integer> generate(
      GenerationRequest request,
      ModelHandle model,
      EngineContext context,
      IntFunction<int[]> proposals) {
    Scheduler<StreamJob> scheduler =
        new Scheduler<>(
            new SchedulerConfig(
                1, 1, 512, 4, true, true, false, 0, 512, 512, false, 512, PROPOSED));
    int[] ids = model.vocab().tokenize("hello", true, false);
    EncodedPrompt prompt = EncodedPrompt.ofTokens(model.cacheKey(), ids);
    Generation generation = new Generation(request, model.vocab(), prompt, 512, Set.of());
    StreamJob job =
        new StreamJob(
            request,
            model.newSampler(request.sampler(), null, ids, 512, Duration.ZERO),
            generation,
            null,
            TOKENS);
    List<Integer> generated = new ArrayList<>();
    try {
      assertThat(scheduler.offer(job)).isTrue();
      while (!generation.finished()) {
        job.propose(proposals.apply(generated.size()));
        Step<StreamJob> step = scheduler.next();
        context.carryOut(step.operations());
        int[] rows = context.fill(step.slices());
        assertThat(context.decode()).isTrue();
        decodes++;
        scheduler.computed(step);
        Slice<StreamJob> slice = step.slices().getFirst();
        List<Token> tokens = new ArrayList<>();
        context.sample(slice, rows[0], System.nanoTime(), tokens);
        tokens.forEach(token -> generated.add(token.id()));
        scheduler.accepted(job, tokens.stream().mapToInt(Token::id).toArray());
      }
      return generated;
    } finally {
      scheduler.end(job);
      job.free();
    }
  }

  @Test
  void rightOnesAreTakenManyAtOnce() {
    List<Integer> alone = generate(_ -> new int[0]);
    assertThat(decodes).isEqualTo(TOKENS);
    assertThat(generate(count -> from(alone, count))).isEqualTo(alone);
    assertThat(decodes).isEqualTo(1 + (TOKENS - 1 + PROPOSED) / (1 + PROPOSED));
  }

  @Test
  void wrongOnesChangeNothing() {
    List<Integer> alone = generate(_ -> new int[0]);
    List<Integer> generated =
        generate(
            count -> {
              int[] draft = from(alone, count);
              if (draft.length > count % 3) {
                draft[count % 3] ^= 1;
              }
              return draft;
            });
    assertThat(generated).isEqualTo(alone);
    assertThat(decodes).isLessThan(TOKENS);
  }

  /** The tokens to propose when this many have been generated. */
  private static int[] from(List<Integer> tokens, int count) {
    return tokens.stream().skip(count).limit(PROPOSED).mapToInt(Integer::intValue).toArray();
  }
}
