package dev.llamastream.server.internal.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamastream.server.internal.http.SseWriter;
import dev.llamastream.server.internal.json.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes the events of a response as Server-Sent Events, numbered from 0. */
final class SseResponseEvents implements ResponseEvents {

  private final SseWriter sse;
  private final StringBuilder frames = new StringBuilder();
  private int next;

  SseResponseEvents(SseWriter sse) {
    this.sse = sse;
  }

  @Override
  public void add(String type, ObjectNode fields) {
    ObjectNode event = Json.object().put("type", type).setAll(fields);
    frame(type, OpenAiJson.write(event.put("sequence_number", next++)));
  }

  @Override
  public void more(
      String type, String place, String text, @Nullable List<ChatLogprobs.Chosen> logprobs) {
    String also = logprobs == null ? "" : ",\"logprobs\":" + OpenAiJson.write(logprobs);
    String delta = place + ",\"delta\":" + Json.quote(text) + also;
    frame(type, "{\"type\":\"" + type + "\"," + delta + ",\"sequence_number\":" + next++ + "}");
  }

  private void frame(String type, String json) {
    frames.append("event: ").append(type).append("\ndata: ").append(json).append("\n\n");
  }

  /** The events that have not been sent. */
  String take() {
    String taken = frames.toString();
    frames.setLength(0);
    return taken;
  }

  /** Sends the events that have not been sent, as one piece. */
  void send() {
    if (!frames.isEmpty()) {
      sse.frames(take());
    }
  }
}
