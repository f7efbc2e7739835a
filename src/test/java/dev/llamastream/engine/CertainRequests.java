package dev.llamastream.engine;

import static dev.llamastream.TestStreams.greedy;
import static dev.llamastream.TestStreams.tokens;

import dev.llamastream.Context;
import dev.llamastream.ContextParams;
import dev.llamastream.GenerationRequest;
import dev.llamastream.Model;
import dev.llamastream.Token;
import dev.llamastream.fixture.TinyModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/**
 * Greedy requests whose texts are certain although results differ in their last bits with what else
 * is decoded: at every token the best one is far ahead of the second. What the model says depends
 * on every token before, so that a cell of the KV cache in the wrong place shows.
 */
final class CertainRequests {

  /** More than ten times what logits move. */
  private static final float MARGIN = 0.1f;

  private static final int MIN_TOKENS = 6;

  private CertainRequests() {}

  /**
   * A request and its text.
   *
   * @param text what a context generates
   */
  record Certain(GenerationRequest request, String text) {}

  /** A model for them. */
  static Model model() {
    return Model.load(TinyModel.defaults().withText(TinyModel.Text.PRINTABLE).path());
  }

  /** So many requests with prompts up to so many characters, many of which begin alike. */
  static List<Certain> make(Model model, int count, int maxPrompt, int maxTokens, long seed) {
    Random random = new Random(seed);
    List<Certain> all = new ArrayList<>();
    ContextParams params =
        ContextParams.builder().contextSize(4096).threads(1).batchThreads(1).build();
    try (Context context = new Context(model, params)) {
      while (all.size() < count) {
        GenerationRequest probe =
            greedy(prompt(random, maxPrompt)).maxTokens(maxTokens).topLogprobs(2).build();
        List<Token> tokens = tokens(context.generateStream(probe));
        int certain = 0;
        while (certain < tokens.size() && margin(tokens.get(certain)) > MARGIN) {
          certain++;
        }
        if (certain >= MIN_TOKENS) {
          String text =
              tokens.subList(0, certain).stream().map(Token::text).collect(Collectors.joining());
          GenerationRequest request = probe.toBuilder().maxTokens(certain).topLogprobs(0).build();
          all.add(new Certain(request, text));
        }
      }
    }
    return all;
  }

  private static String prompt(Random random, int maxPrompt) {
    int common = random.nextInt(maxPrompt);
    StringBuilder prompt =
        new StringBuilder("the beginning of ".repeat(maxPrompt).substring(0, common));
    for (int i = random.nextInt(maxPrompt - common) + 1; i > 0; i--) {
      prompt.append((char) ('a' + random.nextInt(26)));
    }
    return prompt.toString();
  }

  private static float margin(Token token) {
    return token.topLogprobs().getFirst().logprob() - token.topLogprobs().getLast().logprob();
  }
}
