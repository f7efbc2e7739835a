package dev.llamastream.server.internal.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamastream.chat.ChatDelta;
import dev.llamastream.server.internal.json.Json;

/** Parts of tool calls in the server's own form. */
final class DeltaJson {

  private DeltaJson() {}

  /** The beginning of a call: its index, its id and the tool's name. */
  static ObjectNode of(ChatDelta.ToolCallBegun begun) {
    return Json.object()
        .put("index", begun.index())
        .put("id", begun.id())
        .put("name", begun.name());
  }

  /** More of a call's arguments. */
  static ObjectNode of(ChatDelta.ToolCallArguments more) {
    return Json.object().put("index", more.index()).put("arguments", more.text());
  }
}
