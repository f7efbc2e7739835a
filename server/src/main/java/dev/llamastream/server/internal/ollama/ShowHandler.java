package dev.llamastream.server.internal.ollama;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamastream.ModelInfo;
import dev.llamastream.server.internal.http.Handler;
import dev.llamastream.server.internal.http.ModelCard;
import dev.llamastream.server.internal.http.Request;
import dev.llamastream.server.internal.json.Json;
import dev.llamastream.server.internal.json.RequestJson;
import java.time.Instant;
import java.util.Map;

/** {@code /api/show}: all about one model. Its metadata is in its file, so this loads the model. */
final class ShowHandler implements Handler {

  private static final String TEMPLATE_KEY = "tokenizer.chat_template";
  private static final String NAME_KEY = "general.name";

  @Override
  public void handle(Request request) {
    RequestJson json = request.json();
    String name = ModelNames.readEither(json);
    OtherFields.check(json);
    ModelNames.choose(request, name);
    String template = Capabilities.template(request);
    ModelInfo info = request.model().info();
    Modelfile file = new Modelfile(request.modelName(), template, request.defaults());
    ObjectNode shown =
        Json.object()
            .put("modelfile", file.text())
            .put("parameters", file.parameters())
            .put("template", template);
    if (!request.defaults().systemMessage().isEmpty()) {
      shown.put("system", request.defaults().systemMessage());
    }
    shown.set("details", ModelDetails.details(info));
    putMetadata(shown.putObject("model_info"), request, info);
    ArrayNode capabilities = shown.putArray("capabilities");
    Capabilities.of(request.model(), template).forEach(capabilities::add);
    shown.put("modified_at", created(request).toString());
    request.reply(200, Json.write(shown));
  }

  private static Instant created(Request request) {
    String name = request.modelName();
    return request.models().stream()
        .filter(card -> card.name().equals(name))
        .map(ModelCard::created)
        .findFirst()
        .orElse(Instant.EPOCH);
  }

  /** As Ollama does, without the name and the template, which are elsewhere. */
  private static void putMetadata(ObjectNode target, Request request, ModelInfo info) {
    Map<String, String> metadata = request.model().metadata();
    metadata.forEach(
        (key, value) -> {
          if (!key.equals(TEMPLATE_KEY) && !key.equals(NAME_KEY)) {
            target.set(key, MetadataValue.of(key, value));
          }
        });
    target.put("general.parameter_count", info.parameters());
  }
}
