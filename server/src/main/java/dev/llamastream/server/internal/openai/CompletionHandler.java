package dev.llamastream.server.internal.openai;

import dev.llamastream.Prompt;
import dev.llamastream.Tokenizer;
import dev.llamastream.server.internal.http.Handler;
import dev.llamastream.server.internal.http.Request;
import dev.llamastream.server.internal.json.RequestJson;
import java.util.Arrays;
import java.util.List;

/** {@code /v1/completions}. */
final class CompletionHandler implements Handler {

  private static final int DEFAULT_MAX_TOKENS = 16;
  private static final int MAX_LOGPROBS = 100;

  private record Asked(CompletionParams params, ResponseFormat form) {}

  @Override
  public void handle(Request request) {
    Asked asked = read(request, request.json());
    CompletionResponder.give(request, asked.params, asked.form);
  }

  private static Asked read(Request request, RequestJson json) {
    String top = json.either("logprobs", "n_probs");
    int logprobs = json.has(top) ? json.integer(top, 0, 0, MAX_LOGPROBS) : -1;
    boolean echo = json.bool("echo", false);
    String max = json.called("maxTokens", json.either("max_tokens", "n_predict"));
    int maxTokens = json.count(max, DEFAULT_MAX_TOKENS, Integer.MAX_VALUE);
    // best_of is 1 or the number of choices, so no choice is ever discarded
    int best = json.integer("best_of", 1, 1, Integer.MAX_VALUE);
    boolean scores = echo && logprobs >= 0;
    Tokenizer tokenizer = request.model().tokenizer();
    List<Prompt> prompts = Prompts.read(json, "prompt");
    if (scores) {
      prompts.replaceAll(prompt -> tokens(prompt, tokenizer));
    }
    CompletionParams params =
        CompletionParams.read(json, new CompletionParams.Own(prompts, maxTokens, logprobs, scores));
    if (best > 1 && best != params.n()) {
      throw json.error("best_of", best + ", must be 1 or n");
    }
    return new Asked(params, new CompletionFormat(request, params, echo));
  }

  private static Prompt tokens(Prompt prompt, Tokenizer tokenizer) {
    return switch (prompt) {
      case Prompt.Text(String text) when !text.isEmpty() ->
          new Prompt.Tokens(Arrays.stream(tokenizer.encode(text)).boxed().toList());
      default -> prompt;
    };
  }
}
