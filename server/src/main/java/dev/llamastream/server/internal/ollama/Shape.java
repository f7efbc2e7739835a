package dev.llamastream.server.internal.ollama;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamastream.chat.ToolCall;
import java.util.List;

/** Where an endpoint's JSON has the parts of an answer. */
enum Shape {

  /** {@code /api/chat}: in a message. */
  CHAT {
    @Override
    String text(String quoted) {
      return "\"message\":{\"role\":\"assistant\",\"content\":" + quoted + "}";
    }

    @Override
    void put(ObjectNode line, String text, String thinking, List<ToolCall> calls) {
      ObjectNode message = line.putObject("message");
      message.put("role", "assistant").put("content", text);
      putRest(message, thinking, calls);
    }
  },

  /** {@code /api/generate}: at the top. */
  GENERATE {
    @Override
    String text(String quoted) {
      return "\"response\":" + quoted;
    }

    @Override
    void put(ObjectNode line, String text, String thinking, List<ToolCall> calls) {
      line.put("response", text);
      putRest(line, thinking, calls);
    }
  };

  /** The field that has a text alone, as JSON. */
  abstract String text(String quoted);

  /** Puts the parts of an answer. Those other than the text are left out if they are empty. */
  abstract void put(ObjectNode line, String text, String thinking, List<ToolCall> calls);

  private static void putRest(ObjectNode target, String thinking, List<ToolCall> calls) {
    if (!thinking.isEmpty()) {
      target.put("thinking", thinking);
    }
    if (!calls.isEmpty()) {
      CallJson.put(target.putArray("tool_calls"), calls);
    }
  }
}
