package dev.llamastream.server.internal.json;

import com.fasterxml.jackson.databind.JsonNode;
import dev.llamastream.chat.ToolCall;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the calls of tools that the model has made: OpenAI's form, which others have taken over.
 */
public final class ToolCallFields {

  private ToolCallFields() {}

  /** The calls of a message of the assistant. */
  public static List<ToolCall> read(RequestJson json) {
    List<ToolCall> calls = new ArrayList<>();
    if (json.has("function_call")) {
      calls.add(call("", json.object("function_call"))); // OpenAI's older form
    }
    for (RequestJson call : json.objects("tool_calls")) {
      call.requireFunction();
      String id = call.text(call.called("id", "id"), "");
      calls.add(call(id, call.object("function")));
    }
    return calls;
  }

  private static ToolCall call(String id, RequestJson function) {
    String name = function.text(function.called("name", "name"));
    return ToolCall.of(id, name, arguments(function));
  }

  /** A text; some clients send the object itself. */
  private static String arguments(RequestJson function) {
    JsonNode arguments = function.node(function.called("arguments", "arguments"));
    if (arguments == null) {
      return "{}";
    }
    return arguments.isObject() ? Json.write(arguments) : function.text("arguments");
  }
}
