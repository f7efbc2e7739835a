package dev.llamastream.server.internal.ollama;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamastream.chat.ToolCall;
import dev.llamastream.server.internal.json.ApiError;
import dev.llamastream.server.internal.json.Json;
import java.util.List;
import java.util.Optional;

/** The calls of tools in Ollama's form: the arguments are an object, not a text. */
final class CallJson {

  private CallJson() {}

  /** The calls that are whole: an answer may be cut off in its last one. */
  static List<ToolCall> whole(List<ToolCall> calls) {
    return calls.stream().filter(call -> arguments(call).isPresent()).toList();
  }

  static void put(ArrayNode target, List<ToolCall> calls) {
    for (int i = 0; i < calls.size(); i++) {
      ToolCall call = calls.get(i);
      ObjectNode node = target.addObject();
      if (!call.id().isEmpty()) {
        node.put("id", call.id());
      }
      node.putObject("function")
          .put("index", i)
          .put("name", call.name())
          .set("arguments", arguments(call).orElseGet(Json::object));
    }
  }

  private static Optional<ObjectNode> arguments(ToolCall call) {
    try {
      return Optional.of(Json.readObject(call.arguments()));
    } catch (ApiError e) {
      return Optional.empty();
    }
  }
}
