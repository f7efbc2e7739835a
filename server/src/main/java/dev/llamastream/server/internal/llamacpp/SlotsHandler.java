package dev.llamastream.server.internal.llamacpp;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.llamastream.engine.EngineSnapshot;
import dev.llamastream.server.internal.http.Handler;
import dev.llamastream.server.internal.http.Request;
import dev.llamastream.server.internal.json.ApiError;
import dev.llamastream.server.internal.json.Json;

/**
 * {@code /slots}: how many streams are decoded together, and how many there could be. A model that
 * is not loaded has none.
 */
final class SlotsHandler implements Handler {

  @Override
  public void handle(Request request) {
    boolean failIfBusy = !request.json().text("fail_on_no_slot", "").isEmpty();
    EngineSnapshot engine = request.engine();
    request.json().rejectUnknown();
    if (failIfBusy && engine.slots() > 0 && engine.running() >= engine.slots()) {
      throw new ApiError(503, "unavailable_error", "no_slot", "no slot available");
    }
    ArrayNode slots = JsonNodeFactory.instance.arrayNode();
    for (int id = 0; id < engine.slots(); id++) {
      slots
          .addObject()
          .put("id", id)
          .put("n_ctx", request.card().contextSize())
          .put("speculative", false)
          .put("is_processing", id < engine.running());
    }
    request.reply(200, Json.write(slots));
  }
}
