package dev.llamastream.server.internal.llamacpp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamastream.Model;
import dev.llamastream.NativeInfo;
import dev.llamastream.server.internal.http.Handler;
import dev.llamastream.server.internal.http.Request;
import dev.llamastream.server.internal.json.Defaults;
import dev.llamastream.server.internal.json.Json;
import java.util.List;

/** {@code /props}: what the server says of itself. */
final class PropsHandler implements Handler {

  @Override
  public void handle(Request request) {
    Model model = request.model();
    Defaults defaults = request.defaults();
    ObjectNode props = Json.object();
    props
        .putObject("default_generation_settings")
        .put("n_ctx", request.tokensPerStream())
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
        .put("chat_template", template(model, defaults))
        .put("bos_token", special(model, "bos"))
        .put("eos_token", special(model, "eos"))
        .put("build_info", "llamastream, llama.cpp " + NativeInfo.load().llamaVersion())
        .put("is_sleeping", false)
        .putObject("modalities")
        .put("vision", false)
        .put("audio", false);
    request.reply(200, Json.write(props));
  }

  private static String template(Model model, Defaults defaults) {
    String own = model.info().chatTemplate();
    return own.isEmpty() ? defaults.chatTemplate() : own;
  }

  /** How a special token is written; empty if the model's file does not name it. */
  private static String special(Model model, String name) {
    String id = model.metadata().get("tokenizer.ggml." + name + "_token_id");
    return id == null ? "" : WrittenTokens.of(List.of(Integer.parseInt(id)), model.tokenizer());
  }
}
