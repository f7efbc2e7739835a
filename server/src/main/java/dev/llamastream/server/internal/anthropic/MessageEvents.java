package dev.llamastream.server.internal.anthropic;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamastream.chat.ChatDelta;
import dev.llamastream.server.internal.http.SseWriter;
import dev.llamastream.server.internal.json.Json;
import dev.llamastream.server.internal.streams.Credits;
import dev.llamastream.server.internal.streams.ServedChat;

/** Sends an answer as events: the blocks of its content one after the other. */
final class MessageEvents {

  private static final String PING = SseWriter.frame("ping", "{\"type\":\"ping\"}");

  private enum Block {
    NONE,
    TEXT,
    THINKING,
    TOOL_USE
  }

  private final SseWriter sse;
  private final MessageJson json;
  private Block open = Block.NONE;
  private int index = -1;

  MessageEvents(SseWriter sse, MessageJson json) {
    this.sse = sse;
    this.json = json;
  }

  /** Sends all events of an answer, as it comes. */
  void send(ServedChat answer) {
    sse.heartbeat(PING);
    ObjectNode start = Json.object().put("type", "message_start");
    start.set("message", json.start(answer));
    sse.frames(SseWriter.frame("message_start", Json.write(start)) + PING);
    answer.forEachDelta(new Credits(), this::send);
    StringBuilder frames = new StringBuilder();
    close(frames);
    ObjectNode end = Json.object().put("type", "message_delta");
    json.putEnd(end.putObject("delta"), answer);
    end.set("usage", MessageJson.usage(answer.stats()));
    frames
        .append(SseWriter.frame("message_delta", Json.write(end)))
        .append(SseWriter.frame("message_stop", "{\"type\":\"message_stop\"}"));
    sse.frames(frames.toString());
  }

  private void send(ChatDelta delta) {
    StringBuilder frames = new StringBuilder();
    switch (delta) {
      case ChatDelta.Text(String text) -> {
        require(Block.TEXT, frames);
        delta(frames, "text_delta", "text", text);
      }
      case ChatDelta.Thinking(String text) -> {
        require(Block.THINKING, frames);
        if (json.asked().showThinking()) {
          delta(frames, "thinking_delta", "thinking", text);
        }
      }
      case ChatDelta.ToolCallBegun begun -> {
        close(frames);
        open(Block.TOOL_USE, MessageJson.toolUse(begun.id(), begun.name(), Json.object()), frames);
      }
      case ChatDelta.ToolCallArguments more ->
          delta(frames, "input_json_delta", "partial_json", more.text());
      case ChatDelta.ToolCallDone _ -> throw new IllegalArgumentException("not sent");
    }
    if (!frames.isEmpty()) {
      sse.frames(frames.toString());
    }
  }

  private void require(Block block, StringBuilder frames) {
    if (open != block) {
      close(frames);
      open(block, block == Block.TEXT ? MessageJson.text() : MessageJson.thinking(), frames);
    }
  }

  private void open(Block block, ObjectNode content, StringBuilder frames) {
    open = block;
    index++;
    ObjectNode start = Json.object().put("type", "content_block_start").put("index", index);
    start.set("content_block", content);
    frames.append(SseWriter.frame("content_block_start", Json.write(start)));
  }

  private void close(StringBuilder frames) {
    if (open == Block.NONE) {
      return;
    }
    if (open == Block.THINKING) {
      delta(frames, "signature_delta", "signature", MessageJson.SIGNATURE);
    }
    open = Block.NONE;
    String stop = "{\"type\":\"content_block_stop\",\"index\":" + index + "}";
    frames.append(SseWriter.frame("content_block_stop", stop));
  }

  /** Quick, as there may be thousands a second. */
  private void delta(StringBuilder frames, String type, String field, String piece) {
    frames
        .append("event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":")
        .append(index)
        .append(",\"delta\":{\"type\":\"")
        .append(type)
        .append("\",\"")
        .append(field)
        .append("\":")
        .append(Json.quote(piece))
        .append("}}\n\n");
  }
}
