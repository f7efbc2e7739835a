package dev.llamastream.server.internal.llamacpp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamastream.NativeInfo;
import dev.llamastream.server.internal.http.Handler;
import dev.llamastream.server.internal.http.ModelCard;
import dev.llamastream.server.internal.http.Request;
import dev.llamastream.server.internal.json.Defaults;
import dev.llamastream.server.internal.json.Json;

/**
 * {@code /props}: what the server says of itself, and of a model, which sleeps if it is not loaded.
 */
final class PropsHandler implements Handler {

  @Override
  public void handle(Request request) {
    ModelCard card = request.card();
    Defaults defaults = request.defaults();
    ObjectNode props = Json.object();
    props
        .putObject("default_generation_settings")
        .put("n_ctx", card.contextSize())
        .set(
            "params",
            GenerationSettings.of(
                defaults.sampler(), SamplerOrder.ALL, defaults.maxTokensOr(Integer.MAX_VALUE)));
    request.json().rejectUnknown();
    props
        .put("total_slots", request.engine().slots())
        .put("model_alias", request.modelName())
        .put("endpoint_slots", true)
        .put("endpoint_props", false)
        .put("endpoint_metrics", true)
        .put("ui", true)
        .put("chat_template", request.chatTemplate())
        .put("bos_token", card.facts().tokens().bos())
        .put("eos_token", card.facts().tokens().eos())
        .put("build_info", "llamastream, llama.cpp " + NativeInfo.load().llamaVersion())
        .put("is_sleeping", !card.loaded())
        .putObject("modalities")
        .put("vision", false)
        .put("audio", false);
    request.reply(200, Json.write(props));
  }
}
