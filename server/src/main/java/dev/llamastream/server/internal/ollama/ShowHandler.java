package dev.llamastream.server.internal.ollama;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamastream.server.internal.http.Handler;
import dev.llamastream.server.internal.http.ModelCard;
import dev.llamastream.server.internal.http.Request;
import dev.llamastream.server.internal.json.Json;
import dev.llamastream.server.internal.json.RequestJson;
import java.util.TreeMap;

/** {@code /api/show}: all about one model. Loads nothing. */
final class ShowHandler implements Handler {

  private static final String TEMPLATE_KEY = "tokenizer.chat_template";
  private static final String NAME_KEY = "general.name";

  @Override
  public void handle(Request request) {
    RequestJson json = request.json();
    String name = ModelNames.readEither(json);
    OtherFields.check(json);
    ModelNames.choose(request, name);
    ModelCard card = request.card();
    String template = request.chatTemplate();
    Modelfile file = new Modelfile(card.name(), template, request.defaults());
    ObjectNode shown =
        Json.object()
            .put("modelfile", file.text())
            .put("parameters", file.parameters())
            .put("template", template);
    if (!request.defaults().systemMessage().isEmpty()) {
      shown.put("system", request.defaults().systemMessage());
    }
    shown.set("details", ModelDetails.details(card.info()));
    putMetadata(shown.putObject("model_info"), card);
    ArrayNode capabilities = shown.putArray("capabilities");
    Capabilities.of(card, template).forEach(capabilities::add);
    shown.put("modified_at", card.created().toString());
    request.reply(200, Json.write(shown));
  }

  /** As Ollama does, without the name and the template, which are elsewhere. */
  private static void putMetadata(ObjectNode target, ModelCard card) {
    new TreeMap<>(card.facts().metadata())
        .forEach(
            (key, value) -> {
              if (!key.equals(TEMPLATE_KEY) && !key.equals(NAME_KEY)) {
                target.set(key, MetadataValue.of(key, value));
              }
            });
    target.put("general.parameter_count", card.info().parameters());
  }
}
