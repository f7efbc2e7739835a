package dev.llamastream.server.internal.openai;

import dev.llamastream.Token;
import dev.llamastream.chat.ChatDelta;
import dev.llamastream.server.internal.streams.TokenTexts;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes the items of a response of what a model says, thinks and calls. */
final class ResponseOutput {

  private final ResponseEvents events;
  private final TokenTexts texts;
  private final List<OutputItem> items = new ArrayList<>();
  private @Nullable OpenItem open;

  /** Creates an empty output that tells of its items in events. */
  ResponseOutput(ResponseEvents events, TokenTexts texts) {
    this.events = events;
    this.texts = texts;
  }

  /**
   * Adds what is new.
   *
   * @param tokens those that it was made of, if the request collects them
   */
  void accept(ChatDelta delta, List<Token> tokens) {
    switch (delta) {
      case ChatDelta.Text(String text) when text.isEmpty() -> {}
      case ChatDelta.Text(String text) -> item(OpenItem.Kind.MESSAGE).more(text, logprobs(tokens));
      case ChatDelta.Thinking(String text) -> item(OpenItem.Kind.REASONING).more(text, List.of());
      case ChatDelta.ToolCallBegun(_, String id, String name) -> {
        endItem(false);
        open = new OpenItem(OpenItem.Kind.CALL, items.size(), id, name, events);
      }
      case ChatDelta.ToolCallArguments(_, String text) ->
          item(OpenItem.Kind.CALL).more(text, List.of());
      case ChatDelta.ToolCallDone _ -> {}
    }
  }

  private List<ChatLogprobs.Chosen> logprobs(List<Token> tokens) {
    return tokens.isEmpty() ? List.of() : ChatLogprobs.of(tokens, texts).content();
  }

  private OpenItem item(OpenItem.Kind kind) {
    OpenItem item = open;
    if (item == null || !item.is(kind)) {
      endItem(false);
      item = new OpenItem(kind, items.size(), events);
      open = item;
    }
    return item;
  }

  /**
   * Ends the last item. Without any, the response has an empty message.
   *
   * @param cut whether the model was not done
   */
  void end(boolean cut) {
    if (open == null && items.isEmpty()) {
      open = new OpenItem(OpenItem.Kind.MESSAGE, 0, events);
    }
    endItem(cut);
  }

  private void endItem(boolean cut) {
    if (open != null) {
      items.add(open.end(cut));
      open = null;
    }
  }

  /** The items that have ended. */
  List<OutputItem> items() {
    return List.copyOf(items);
  }
}
