package dev.llamastream.internal.ffm;

import dev.llamastream.internal.json.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A case of outputs/*.json; see the README.md there. */
record OutputCase(Json.Obj request, String input, ReadMessage expected) {

  private static final Json HEY =
      Json.parse("[{\"role\": \"user\", \"content\": \"Hey there!\"}]");

  static OutputCase of(Json.Obj data) {
    Map<String, Json> request = new LinkedHashMap<>();
    request.put("messages", HEY);
    request.putAll(data.members());
    request.put("continue_final_message", Json.of(continues(data)));
    data.get("enable_thinking").ifPresent(value -> request.put("thinking", value));
    data.get("json_schema")
        .ifPresent(schema -> request.put("json_schema", schema));
    return new OutputCase(new Json.Obj(request), data.text("input"), expected(data));
  }

  private static boolean continues(Json.Obj data) {
    return data.members().containsKey("continue_final_message");
  }

  private static ReadMessage expected(Json.Obj data) {
    Json.Obj message = (Json.Obj) data.get("parsed").or(() -> data.get("expected")).orElseThrow();
    String text = message.text("content");
    String thinking = message.text("reasoning_content");
    if (continues(data)) {
      Json.Obj begin = (Json.Obj) data.list("messages").getLast();
      text = without(begin.text("content"), text);
      thinking = without(begin.text("reasoning_content"), thinking);
    }
    List<ReadMessage.Call> calls =
        message.list("tool_calls").stream()
            .map(call -> (Json.Obj) call)
            .map(c -> ReadMessage.Call.of(c.text("id"), c.text("name"), c.text("arguments")))
            .toList();
    return new ReadMessage(text, thinking, calls);
  }

  private static String without(String begin, String whole) {
    return whole.startsWith(begin) ? whole.substring(begin.length()) : whole;
  }
}
