package dev.llamastream.internal.chat;

import dev.llamastream.chat.ChatAnswer;
import dev.llamastream.chat.ChatDelta;
import dev.llamastream.chat.ToolCall;
import dev.llamastream.internal.ffm.ChatFormat;
import dev.llamastream.internal.json.Json;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/** Makes deltas of the text of an answer, and keeps the whole. For one thread at a time. */
final class AnswerReader {

  private static final String ALPHABET =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

  /** What some templates of Mistral's demand. */
  private static final int ID_LENGTH = 9;

  private static final Random RANDOM = new SecureRandom();

  private final ChatFormat format;
  private final Consumer<ChatDelta> deltas;
  private final StringBuilder text = new StringBuilder();
  private final StringBuilder thinking = new StringBuilder();
  private final List<ToolCall> calls = new ArrayList<>();
  private String id = "";
  private String name = "";
  private final StringBuilder arguments = new StringBuilder();

  /** Tokens that have made nothing yet. They count with what follows. */
  private int pendingTokens;

  private int thinkingTokens;

  /**
   * Creates a reader.
   *
   * @param deltas receives what is new
   */
  AnswerReader(ChatFormat format, Consumer<ChatDelta> deltas) {
    this.format = format;
    this.deltas = deltas;
  }

  /** Reads the text of a token. */
  void read(String piece, boolean last) {
    if (!last || !piece.isEmpty()) {
      pendingTokens++;
    }
    ChatFormat.Parsed parsed = format.parse(piece, last);
    switch (parsed.news()) {
      case NOTHING -> {}
      case TEXT -> text(piece);
      case THINKING -> thinking(piece);
      case SEVERAL -> parsed.list().forEach(news -> read((Json.Obj) news));
    }
    if (last) {
      endCall();
      format.free();
    }
  }

  private void read(Json.Obj news) {
    if (news.members().get("call") instanceof Json.Num index) {
      call(index.intValue(), news.text("id"), news.text("name"), news.text("arguments"));
    } else if (news.members().containsKey("thinking")) {
      thinking(news.text("thinking"));
    } else {
      text(news.text("text"));
    }
  }

  private void text(String piece) {
    text.append(piece);
    pendingTokens = 0;
    deltas.accept(new ChatDelta.Text(piece));
  }

  private void thinking(String piece) {
    thinking.append(piece);
    thinkingTokens += pendingTokens;
    pendingTokens = 0;
    deltas.accept(new ChatDelta.Thinking(piece));
  }

  private void call(int index, String newId, String newName, String moreArguments) {
    if (index > calls.size()) {
      endCall();
    }
    if (name.isEmpty() && !newName.isEmpty()) {
      id = newId.isEmpty() ? randomId() : newId;
      name = newName;
      pendingTokens = 0;
      deltas.accept(new ChatDelta.ToolCallBegun(calls.size(), id, name));
    }
    if (!moreArguments.isEmpty()) {
      arguments.append(moreArguments);
      deltas.accept(new ChatDelta.ToolCallArguments(calls.size(), moreArguments));
    }
  }

  private void endCall() {
    if (name.isEmpty()) {
      return;
    }
    ToolCall call = ToolCall.of(id, name, arguments.toString());
    deltas.accept(new ChatDelta.ToolCallDone(calls.size(), call));
    calls.add(call);
    name = "";
    arguments.setLength(0);
  }

  private static String randomId() {
    StringBuilder random = new StringBuilder();
    for (int i = 0; i < ID_LENGTH; i++) {
      random.append(ALPHABET.charAt(RANDOM.nextInt(ALPHABET.length())));
    }
    return random.toString();
  }

  /** What was read. */
  ChatAnswer.Builder answer() {
    return ChatAnswer.builder()
        .text(text.toString())
        .thinking(thinking.toString())
        .thinkingTokens(thinkingTokens)
        .toolCalls(calls);
  }
}
