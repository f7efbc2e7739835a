package dev.llamastream.server.internal.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamastream.chat.ChatDelta;
import dev.llamastream.server.internal.json.Json;
import dev.llamastream.server.internal.streams.Credits;
import dev.llamastream.server.internal.streams.ServedStream;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * {@code /stream}: a generation as Server-Sent Events. A browser's {@code EventSource} connects
 * again when the stream has ended or broken. Then it names the last event that it has, and gets
 * status 204, which stops it: the text of a new generation would not follow the text that it has.
 */
public final class StreamHandler implements Handler {

  @Override
  public void handle(Request request) {
    String lastEvent = request.header("Last-Event-ID");
    if (lastEvent != null && !lastEvent.isEmpty()) {
      request.reply(204, "", Map.of(), new byte[0]);
      return;
    }
    request.streams(request::sse);
    try (ServedStream stream = request.open(Wanted.read(request.json(), request.defaults()))) {
      SseWriter sse = request.sse();
      AtomicInteger index = new AtomicInteger();
      stream.forEachDelta(
          new Credits(),
          delta -> {
            int id = index.getAndIncrement();
            sse.data(id, frame(delta, id));
          });
      var last = Json.object().put("token", "").put("index", index.get()).put("done", true);
      StreamEnd.put(last, stream);
      sse.data(index.get(), Json.write(last));
    }
  }

  /** Each frame has a token, which is empty if it brings something else. */
  private static String frame(ChatDelta delta, int index) {
    ObjectNode frame = Json.object();
    switch (delta) {
      case ChatDelta.Text(String text) -> {
        return text(text, index);
      }
      case ChatDelta.Thinking(String text) -> frame.put("token", "").put("thinking", text);
      case ChatDelta.ToolCallBegun begun ->
          frame.put("token", "").set("tool_call", DeltaJson.of(begun));
      case ChatDelta.ToolCallArguments more ->
          frame.put("token", "").set("tool_call", DeltaJson.of(more));
      case ChatDelta.ToolCallDone _ -> throw new IllegalArgumentException("not sent");
    }
    return Json.write(frame.put("index", index).put("done", false));
  }

  /** Quick, as there may be thousands a second. */
  private static String text(String piece, int index) {
    return "{\"token\":" + Json.quote(piece) + ",\"index\":" + index + ",\"done\":false}";
  }
}
