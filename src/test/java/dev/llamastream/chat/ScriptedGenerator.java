package dev.llamastream.chat;

import dev.llamastream.FinishReason;
import dev.llamastream.GenerationRequest;
import dev.llamastream.Generator;
import dev.llamastream.MeteredStream;
import dev.llamastream.PromptTooLongException;
import dev.llamastream.Token;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Flow;

/** Answers as it is told, in turn. Each character of a message is a token. */
final class ScriptedGenerator implements Generator {

  /** An answer that does not begin. */
  private record Failure(RuntimeException exception) {}

  private final int contextSize;
  private final Queue<Object> answers = new ArrayDeque<>();
  private final List<ChatRequest> requests = new ArrayList<>();
  private final List<ScriptedChat> chats = new ArrayList<>();

  ScriptedGenerator(int contextSize) {
    this.contextSize = contextSize;
  }

  ScriptedGenerator() {
    this(1 << 20);
  }

  ScriptedGenerator says(ChatDelta... deltas) {
    return ends(FinishReason.END_OF_TEXT, deltas);
  }

  ScriptedGenerator says(String text) {
    return says(new ChatDelta.Text(text));
  }

  /** Asks for tools. */
  ScriptedGenerator calls(ToolCall... calls) {
    List<ChatDelta> deltas = new ArrayList<>();
    for (ToolCall call : calls) {
      int index = deltas.size() / 3;
      deltas.add(new ChatDelta.ToolCallBegun(index, call.id(), call.name()));
      deltas.add(new ChatDelta.ToolCallArguments(index, call.arguments()));
      deltas.add(new ChatDelta.ToolCallDone(index, call));
    }
    return says(deltas.toArray(ChatDelta[]::new));
  }

  ScriptedGenerator ends(FinishReason reason, ChatDelta... deltas) {
    answers.add(new ScriptedChat(List.of(deltas), reason, -1, false));
    return this;
  }

  /** Waits after these deltas until it is cancelled. */
  ScriptedGenerator hangs(ChatDelta... deltas) {
    answers.add(new ScriptedChat(List.of(deltas), FinishReason.END_OF_TEXT, -1, true));
    return this;
  }

  ScriptedGenerator refuses(RuntimeException exception) {
    answers.add(new Failure(exception));
    return this;
  }

  /** All requests that had room. */
  List<ChatRequest> requests() {
    return requests;
  }

  ChatRequest lastRequest() {
    return requests.getLast();
  }

  ScriptedChat lastChat() {
    return chats.getLast();
  }

  /** The length of a prompt. */
  static int tokens(List<ChatMessage> messages) {
    return messages.stream().mapToInt(message -> message.text().length()).sum();
  }

  @Override
  public ChatStream chat(ChatRequest request) {
    int tokens = tokens(request.messages());
    if (tokens > contextSize) {
      throw new PromptTooLongException(tokens, contextSize);
    }
    requests.add(request);
    Object answer = answers.remove();
    if (answer instanceof Failure(RuntimeException exception)) {
      throw exception;
    }
    ScriptedChat chat = ((ScriptedChat) answer).withPrompt(tokens);
    chats.add(chat);
    return chat;
  }

  @Override
  public MeteredStream streamWithStats(GenerationRequest request) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Flow.Publisher<Token> publisher(GenerationRequest request) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Flow.Publisher<ChatDelta> publisher(ChatRequest request) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int contextSize() {
    return contextSize;
  }

  @Override
  public void close() {}
}
