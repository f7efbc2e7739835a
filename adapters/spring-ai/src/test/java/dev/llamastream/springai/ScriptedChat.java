package dev.llamastream.springai;

import dev.llamastream.FinishReason;
import dev.llamastream.GenerationRequest;
import dev.llamastream.Generator;
import dev.llamastream.MeteredStream;
import dev.llamastream.StreamStats;
import dev.llamastream.Token;
import dev.llamastream.chat.ChatAnswer;
import dev.llamastream.chat.ChatDelta;
import dev.llamastream.chat.ChatRequest;
import dev.llamastream.chat.ChatStream;
import dev.llamastream.chat.ToolCall;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Flow;

/** A generator whose answers are what a test says, one after the other. */
final class ScriptedChat implements Generator {

  /** The requests so far. */
  final List<ChatRequest> requests = new ArrayList<>();

  /** Runs when an answer is asked for. */
  Runnable onRequest = () -> {};

  private final Queue<Answer> answers = new ArrayDeque<>();

  /** The next answer. */
  ScriptedChat then(FinishReason end, ChatDelta... deltas) {
    answers.add(new Answer(List.of(deltas), end));
    return this;
  }

  /** The next answer is this text. */
  ScriptedChat then(String... pieces) {
    List<ChatDelta> deltas = new ArrayList<>();
    for (String piece : pieces) {
      deltas.add(new ChatDelta.Text(piece));
    }
    answers.add(new Answer(deltas, FinishReason.END_OF_TEXT));
    return this;
  }

  /** All that is said of a call. */
  static ChatDelta[] call(String name, String arguments) {
    return new ChatDelta[] {
      new ChatDelta.Thinking("Which "),
      new ChatDelta.Thinking("tool?"),
      new ChatDelta.ToolCallBegun(0, "id1", name),
      new ChatDelta.ToolCallArguments(0, arguments),
      new ChatDelta.ToolCallDone(0, ToolCall.of("id1", name, arguments))
    };
  }

  @Override
  public ChatStream chat(ChatRequest request) {
    onRequest.run();
    requests.add(request);
    return answers.remove();
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
    return 1;
  }

  @Override
  public void close() {}

  private static final class Answer implements ChatStream {
    private final Iterator<ChatDelta> rest;
    private final FinishReason end;

    Answer(List<ChatDelta> deltas, FinishReason end) {
      this.rest = deltas.iterator();
      this.end = end;
    }

    @Override
    public boolean hasNext() {
      return rest.hasNext();
    }

    @Override
    public ChatDelta next() {
      return rest.next();
    }

    @Override
    public Iterator<String> texts() {
      throw new UnsupportedOperationException();
    }

    @Override
    public ChatAnswer answer() {
      StringBuilder text = new StringBuilder();
      StringBuilder thinking = new StringBuilder();
      List<ToolCall> calls = new ArrayList<>();
      for (ChatDelta delta : this) {
        switch (delta) {
          case ChatDelta.Text more -> text.append(more.text());
          case ChatDelta.Thinking more -> thinking.append(more.text());
          case ChatDelta.ToolCallDone done -> calls.add(done.call());
          default -> {}
        }
      }
      return ChatAnswer.builder()
          .text(text.toString())
          .thinking(thinking.toString())
          .toolCalls(calls)
          .finishReason(end)
          .stats(stats())
          .build();
    }

    @Override
    public List<Token> takeTokens() {
      return List.of();
    }

    @Override
    public void cancel() {}

    @Override
    public Optional<FinishReason> finishReason() {
      return Optional.of(end);
    }

    @Override
    public StreamStats stats() {
      return StreamStats.builder().promptTokens(7).cachedPromptTokens(4).generatedTokens(3).build();
    }

    @Override
    public void close() {}
  }
}
