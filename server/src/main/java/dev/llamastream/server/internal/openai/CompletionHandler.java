package dev.llamastream.server.internal.openai;

import dev.llamastream.GenerationRequest;
import dev.llamastream.Prompt;
import dev.llamastream.SamplerParams;
import dev.llamastream.Tokenizer;
import dev.llamastream.server.internal.http.Handler;
import dev.llamastream.server.internal.http.Request;
import dev.llamastream.server.internal.json.Defaults;
import dev.llamastream.server.internal.json.Prompts;
import dev.llamastream.server.internal.json.RequestJson;
import dev.llamastream.server.internal.json.SamplerFields;
import dev.llamastream.server.internal.json.SchemaFields;
import dev.llamastream.server.internal.streams.ServedStreams;
import dev.llamastream.server.internal.streams.ServedText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** {@code /v1/completions}. */
final class CompletionHandler implements Handler {

  private static final int DEFAULT_MAX_TOKENS = 16;
  private static final int MAX_LOGPROBS = 100;

  /**
   * A request that was read.
   *
   * @param choices one request for each choice; the choices of a prompt are adjacent
   */
  private record Asked(
      List<GenerationRequest> choices, CompletionParams params, boolean logprobs, boolean echo) {

    BestOf best() {
      return new BestOf(params.n(), params.samplers().size());
    }
  }

  @Override
  public void handle(Request request) {
    CompletionResponder.announce(request);
    Asked asked = read(request, request.json());
    CompletionFormat form =
        new CompletionFormat(request, asked.choices, asked.logprobs, asked.best(), asked.echo);
    try (ServedStreams<ServedText> streams = request.openAll(asked.choices)) {
      CompletionResponder.give(request, streams, asked.params, form);
    }
  }

  private static Asked read(Request request, RequestJson json) {
    Defaults defaults = request.defaults();
    String top = json.either("logprobs", "n_probs");
    int logprobs = json.has(top) ? json.integer(top, 0, 0, MAX_LOGPROBS) : -1;
    boolean echo = json.bool("echo", false);
    String max = json.called("maxTokens", json.either("max_tokens", "n_predict"));
    int maxTokens = json.count(max, defaults.maxTokensOr(DEFAULT_MAX_TOKENS), Integer.MAX_VALUE);
    int best = json.integer("best_of", 1, 1, Integer.MAX_VALUE);
    boolean scores = echo && logprobs >= 0;
    Tokenizer tokenizer = request.model().tokenizer();
    List<Prompt> prompts = Prompts.read(json, "prompt");
    String suffix = json.text("suffix", "");
    if (!suffix.isEmpty()) {
      Gap gap = Gap.before(suffix, tokenizer, json);
      if (echo) {
        throw json.error("echo", "true, must be false where there is a suffix");
      }
      prompts.replaceAll(gap::after);
    }
    if (scores) {
      prompts.replaceAll(prompt -> tokens(prompt, tokenizer));
    }
    SamplerParams.Builder sampler = SamplerFields.read(json, defaults.sampler());
    SchemaFields.apply(json, sampler);
    CompletionParams params = CompletionParams.read(json, defaults, sampler, prompts.size(), best);
    boolean ranks = params.samplers().size() > params.n();
    List<GenerationRequest> choices = new ArrayList<>();
    for (Prompt prompt : prompts) {
      for (SamplerParams one : params.samplers()) {
        choices.add(
            Prompts.request(prompt)
                .maxTokens(maxTokens)
                .sampler(one)
                .stopSequences(params.stops())
                .reusePrefix(params.reusePrefix())
                .logprobs(logprobs >= 0 || ranks)
                .topLogprobs(Math.max(0, logprobs))
                .scorePrompt(scores)
                .build());
      }
    }
    return new Asked(choices, params, logprobs >= 0, echo);
  }

  private static Prompt tokens(Prompt prompt, Tokenizer tokenizer) {
    return switch (prompt) {
      case Prompt.Text(String text) when !text.isEmpty() ->
          new Prompt.Tokens(Arrays.stream(tokenizer.encode(text)).boxed().toList());
      default -> prompt;
    };
  }
}
