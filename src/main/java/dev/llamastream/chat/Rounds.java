package dev.llamastream.chat;

import dev.llamastream.FinishReason;
import dev.llamastream.StreamStats;
import dev.llamastream.Token;
import java.util.ArrayList;
import java.util.List;

/** Joins the answers of several rounds. Not thread-safe. */
final class Rounds {

  private final StringBuilder text = new StringBuilder();
  private final StringBuilder thinking = new StringBuilder();
  private final List<ToolCall> calls = new ArrayList<>();
  private final List<Token> tokens = new ArrayList<>();
  private List<Token> notTaken = new ArrayList<>();
  private int withTools;

  /** How many times tools were run. */
  int withTools() {
    return withTools;
  }

  /** Tools were run. */
  void toolsRan() {
    withTools++;
  }

  /** Counts calls on from those of the rounds that have ended. */
  ChatDelta renumbered(ChatDelta delta) {
    int first = calls.size();
    return switch (delta) {
      case ChatDelta.Text _, ChatDelta.Thinking _ -> delta;
      case ChatDelta.ToolCallBegun(int index, String id, String name) ->
          new ChatDelta.ToolCallBegun(first + index, id, name);
      case ChatDelta.ToolCallArguments(int index, String arguments) ->
          new ChatDelta.ToolCallArguments(first + index, arguments);
      case ChatDelta.ToolCallDone(int index, ToolCall call) ->
          new ChatDelta.ToolCallDone(first + index, call);
    };
  }

  /** Adds the answer of a round that has ended. */
  void add(ChatAnswer answer, List<Token> newTokens) {
    text.append(answer.text());
    thinking.append(answer.thinking());
    calls.addAll(answer.toolCalls());
    tokens.addAll(answer.tokens());
    notTaken.addAll(newTokens);
  }

  /** The tokens that came with {@link #add} since the last call. */
  List<Token> takeTokens() {
    List<Token> taken = notTaken;
    notTaken = new ArrayList<>();
    return taken;
  }

  /** The whole. */
  ChatAnswer answer(FinishReason reason, StreamStats stats) {
    return ChatAnswer.builder()
        .text(text.toString())
        .thinking(thinking.toString())
        .toolCalls(calls)
        .finishReason(reason)
        .stats(stats)
        .tokens(tokens)
        .build();
  }
}
