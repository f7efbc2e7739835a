package dev.llamastream.server.internal.ollama;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamastream.server.internal.http.ModelCard;
import dev.llamastream.server.internal.http.Request;
import dev.llamastream.server.internal.json.Json;

/** {@code /api/tags} and {@code /api/ps}: the models that this server has, and those in memory. */
final class ModelLists {

  /** A model stays in memory. Ollama's command shows such a time as "Forever". */
  private static final String NEVER = "9999-12-31T23:59:59Z";

  private ModelLists() {}

  static void tags(Request request) {
    ObjectNode listing = Json.object();
    ArrayNode models = listing.putArray("models");
    for (ModelCard card : request.models()) {
      ObjectNode model = models.addObject();
      ModelDetails.put(model, card);
      model.put("modified_at", card.created().toString());
    }
    request.reply(200, Json.write(listing));
  }

  static void loaded(Request request) {
    ObjectNode listing = Json.object();
    ArrayNode models = listing.putArray("models");
    for (ModelCard card : request.models()) {
      if (card.loaded()) {
        ObjectNode model = models.addObject();
        ModelDetails.put(model, card);
        model
            .put("expires_at", NEVER)
            .put("size_vram", 0) // not known
            .put("context_length", card.contextSize());
      }
    }
    request.reply(200, Json.write(listing));
  }
}
