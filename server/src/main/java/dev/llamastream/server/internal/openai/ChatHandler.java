package dev.llamastream.server.internal.openai;

import dev.llamastream.SamplerParams;
import dev.llamastream.chat.ChatRequest;
import dev.llamastream.server.internal.http.Handler;
import dev.llamastream.server.internal.http.Request;
import dev.llamastream.server.internal.json.ChatFields;
import dev.llamastream.server.internal.json.Defaults;
import dev.llamastream.server.internal.json.RequestJson;
import dev.llamastream.server.internal.json.SamplerFields;
import dev.llamastream.server.internal.streams.ServedChat;
import dev.llamastream.server.internal.streams.ServedStreams;
import java.util.ArrayList;
import java.util.List;

/** {@code /v1/chat/completions}. */
final class ChatHandler implements Handler {

  private static final int MAX_TOP_LOGPROBS = 100;

  /**
   * A request that was read.
   *
   * @param choices one request for each choice
   */
  private record Asked(List<ChatRequest> choices, CompletionParams params) {}

  @Override
  public void handle(Request request) {
    CompletionResponder.announce(request);
    Asked asked = read(request);
    boolean logprobs = asked.choices.getFirst().logprobs();
    try (ServedStreams<ServedChat> streams = request.openChats(asked.choices)) {
      CompletionResponder.give(request, streams, asked.params, new ChatFormat(request, logprobs));
    }
  }

  /** {@code /v1/chat/completions/input_tokens}: the length of the prompt. */
  void count(Request request) {
    InputTokens.reply(request, read(request).choices.getFirst());
  }

  private static Asked read(Request request) {
    RequestJson json = request.json();
    Defaults defaults = request.defaults();
    request.requireChatTemplate();
    ChatRequest.Builder chat = ChatFields.readContinuing(json, defaults);
    int top = topLogprobs(json);
    chat.maxTokens(maxTokens(json, defaults))
        .logprobs(top >= 0)
        .collectTokens(top >= 0)
        .topLogprobs(Math.max(0, top));
    SamplerParams.Builder common = SamplerFields.read(json, defaults.sampler());
    CompletionParams params = CompletionParams.read(json, defaults, common, 1, 1);
    chat.stopSequences(params.stops()).reusePrefix(params.reusePrefix());
    List<ChatRequest> choices = new ArrayList<>();
    for (SamplerParams sampler : params.samplers()) {
      choices.add(chat.sampler(sampler).build());
    }
    return new Asked(choices, params);
  }

  private static int topLogprobs(RequestJson json) {
    int probabilities = json.integer("n_probs", 0, 0, MAX_TOP_LOGPROBS);
    boolean logprobs = json.bool("logprobs", probabilities > 0);
    int top = json.integer("top_logprobs", probabilities, 0, MAX_TOP_LOGPROBS);
    if (top > 0 && !logprobs) {
      throw json.error("top_logprobs", "only where logprobs is true");
    }
    return logprobs ? top : -1;
  }

  /** The token limit; without any, as many tokens as fit. */
  private static int maxTokens(RequestJson json, Defaults defaults) {
    int max = Integer.MAX_VALUE;
    String old = json.either("max_tokens", "n_predict");
    String name = json.has("max_completion_tokens") ? "max_completion_tokens" : old;
    json.integer(old, max); // validated even if the other field overrides it
    return json.count(json.called("maxTokens", name), defaults.maxTokensOr(max), max);
  }
}
