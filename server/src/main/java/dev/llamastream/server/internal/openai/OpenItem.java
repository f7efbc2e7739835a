package dev.llamastream.server.internal.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamastream.server.internal.json.Ids;
import dev.llamastream.server.internal.json.Json;
import java.util.ArrayList;
import java.util.List;

/** An item of a response's output while it is generated. Tells of it in events. */
final class OpenItem {

  /** What an item is. */
  enum Kind {
    /** What the model says. */
    MESSAGE("msg_", "response.output_text"),
    /** What the model thinks. */
    REASONING("rs_", "response.reasoning_text"),
    /** A tool call of the model. */
    CALL("fc_", "response.function_call_arguments");

    private final String idPrefix;
    private final String done;
    private final String delta;

    Kind(String idPrefix, String event) {
      this.idPrefix = idPrefix;
      this.done = event + ".done";
      this.delta = event + ".delta";
    }
  }

  private final Kind kind;
  private final String id;
  private final int index;
  private final String callId;
  private final String name;
  private final ResponseEvents events;
  private final String place;
  private final StringBuilder text = new StringBuilder();
  private final List<ChatLogprobs.Chosen> logprobs = new ArrayList<>();

  /** Begins a message or reasoning. */
  OpenItem(Kind kind, int index, ResponseEvents events) {
    this(kind, index, "", "", events);
  }

  /** Begins an item. A call has an id and a name. */
  OpenItem(Kind kind, int index, String callId, String name, ResponseEvents events) {
    this.kind = kind;
    this.id = Ids.next(kind.idPrefix);
    this.index = index;
    this.callId = callId;
    this.name = name;
    this.events = events;
    String fields = Json.write(at());
    place = fields.substring(1, fields.length() - 1);
    tell("response.output_item.added", item("in_progress", List.of()));
    if (kind != Kind.CALL) {
      events.add("response.content_part.added", at().putPOJO("part", part()));
    }
  }

  /** Whether what belongs to this kind continues this item. A call begins anew each time. */
  boolean is(Kind other) {
    return kind == other;
  }

  /** Adds more of the text. */
  void more(String piece, List<ChatLogprobs.Chosen> probabilities) {
    text.append(piece);
    logprobs.addAll(probabilities);
    events.more(kind.delta, place, piece, kind == Kind.MESSAGE ? probabilities : null);
  }

  /** Ends the item, which is incomplete if the model was cut off in it. */
  OutputItem end(boolean cut) {
    events.add(kind.done, whole());
    if (kind != Kind.CALL) {
      events.add("response.content_part.done", at().putPOJO("part", part()));
    }
    OutputItem item = item(cut ? "incomplete" : "completed", List.of(part()));
    tell("response.output_item.done", item);
    return item;
  }

  private void tell(String type, OutputItem item) {
    events.add(type, Json.object().put("output_index", index).putPOJO("item", item));
  }

  private ObjectNode at() {
    ObjectNode at = Json.object().put("item_id", id).put("output_index", index);
    return kind == Kind.CALL ? at : at.put("content_index", 0);
  }

  private ObjectNode whole() {
    return switch (kind) {
      case MESSAGE -> at().put("text", text.toString()).putPOJO("logprobs", List.copyOf(logprobs));
      case REASONING -> at().put("text", text.toString());
      case CALL -> at().put("name", name).put("arguments", text.toString());
    };
  }

  private OutputItem.Part part() {
    return kind == Kind.REASONING
        ? OutputItem.Thought.of(text.toString())
        : OutputItem.Text.of(text.toString(), List.copyOf(logprobs));
  }

  private OutputItem item(String status, List<OutputItem.Part> content) {
    return switch (kind) {
      case MESSAGE -> OutputItem.Message.of(id, status, content);
      case REASONING -> OutputItem.Reasoning.of(id, status, content);
      case CALL -> OutputItem.Call.of(id, status, callId, name, text.toString());
    };
  }
}
