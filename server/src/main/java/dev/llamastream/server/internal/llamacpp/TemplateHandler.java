package dev.llamastream.server.internal.llamacpp;

import dev.llamastream.chat.ChatRequest;
import dev.llamastream.server.internal.http.Handler;
import dev.llamastream.server.internal.http.Request;
import dev.llamastream.server.internal.json.ChatFields;
import dev.llamastream.server.internal.json.Defaults;
import dev.llamastream.server.internal.json.GenerationFields;
import dev.llamastream.server.internal.json.Json;
import dev.llamastream.server.internal.json.RequestJson;
import dev.llamastream.server.internal.json.SamplerFields;
import dev.llamastream.server.internal.json.UnreadFields;
import java.util.Map;
import java.util.Set;

/** {@code /apply-template}: the prompt of a chat. The fields that only generate have no effect. */
final class TemplateHandler implements Handler {

  private static final UnreadFields UNREAD =
      new UnreadFields(
          Set.of(
              "cache_prompt",
              "id_slot",
              "logprobs",
              "max_completion_tokens",
              "max_tokens",
              "metadata",
              "n",
              "n_cmpl",
              "n_predict",
              "n_probs",
              "reasoning_format",
              "response_fields",
              "return_tokens",
              "samplers",
              "seed",
              "store",
              "stream",
              "stream_options",
              "timings_per_token",
              "top_logprobs",
              "user"),
          Map.of());

  @Override
  public void handle(Request request) {
    RequestJson json = request.json();
    Defaults defaults = request.defaults();
    ChatRequest chat =
        ChatFields.readContinuing(json, defaults)
            .sampler(
                SamplerFields.read(json, defaults.sampler(), request.model().tokenizer()).build())
            .stopSequences(GenerationFields.stops(json, defaults))
            .build();
    UNREAD.check(json);
    String prompt = request.model().applyChatTemplate(chat);
    request.reply(200, Json.write(Json.object().put("prompt", prompt)));
  }
}
