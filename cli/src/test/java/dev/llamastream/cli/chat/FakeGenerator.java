package dev.llamastream.cli.chat;

import dev.llamastream.FinishReason;
import dev.llamastream.GenerationRequest;
import dev.llamastream.Generator;
import dev.llamastream.MeteredStream;
import dev.llamastream.PromptTooLongException;
import dev.llamastream.StreamStats;
import dev.llamastream.Token;
import dev.llamastream.chat.ChatAnswer;
import dev.llamastream.chat.ChatDelta;
import dev.llamastream.chat.ChatRequest;
import dev.llamastream.chat.ChatStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Flow;

/** Gives prepared answers, of one token a piece. A prompt has a token for each word. */
final class FakeGenerator implements Generator {

  static final int CONTEXT = 40;

  final List<ChatRequest> requests = new ArrayList<>();
  private final Queue<List<ChatDelta>> answers = new ArrayDeque<>();
  private final Queue<RuntimeException> failures = new ArrayDeque<>();

  FakeGenerator answering(String... pieces) {
    answers.add(Arrays.stream(pieces).<ChatDelta>map(ChatDelta.Text::new).toList());
    return this;
  }

  FakeGenerator answering(ChatDelta... pieces) {
    answers.add(List.of(pieces));
    return this;
  }

  FakeGenerator failing(RuntimeException failure) {
    failures.add(failure);
    return this;
  }

  /** Role and text of each message of the last request. */
  List<String> lastMessages() {
    return requests.getLast().messages().stream()
        .map(message -> message.role() + ": " + message.text())
        .toList();
  }

  @Override
  public ChatStream chat(ChatRequest request) {
    int words =
        request.messages().stream().mapToInt(each -> each.text().split("\\s+").length).sum();
    if (words > CONTEXT) {
      throw new PromptTooLongException(words, CONTEXT);
    }
    if (!failures.isEmpty()) {
      throw failures.remove();
    }
    requests.add(request);
    return new FakeStream(words, answers.isEmpty() ? List.of() : answers.peek());
  }

  @Override
  public int contextSize() {
    return CONTEXT;
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
  public void close() {}

  private final class FakeStream implements ChatStream {
    private final int promptTokens;
    private final Iterator<ChatDelta> pieces;
    private final StringBuilder text = new StringBuilder();
    private final StringBuilder thinking = new StringBuilder();
    private int generated;
    private boolean cancelled;

    FakeStream(int promptTokens, List<ChatDelta> pieces) {
      this.promptTokens = promptTokens;
      this.pieces = pieces.iterator();
    }

    @Override
    public boolean hasNext() {
      return !cancelled && pieces.hasNext();
    }

    @Override
    public ChatDelta next() {
      if (generated == 0) {
        answers.remove();
      }
      generated++;
      ChatDelta piece = pieces.next();
      switch (piece) {
        case ChatDelta.Text more -> text.append(more.text());
        case ChatDelta.Thinking more -> thinking.append(more.text());
        default -> throw new AssertionError(piece);
      }
      return piece;
    }

    @Override
    public ChatAnswer answer() {
      return ChatAnswer.builder()
          .text(text.toString())
          .thinking(thinking.toString())
          .finishReason(finishReason().orElseThrow())
          .stats(stats())
          .build();
    }

    @Override
    public Optional<FinishReason> finishReason() {
      if (cancelled) {
        return Optional.of(FinishReason.CANCELLED);
      }
      return pieces.hasNext() ? Optional.empty() : Optional.of(FinishReason.END_OF_TEXT);
    }

    @Override
    public StreamStats stats() {
      return StreamStats.builder().promptTokens(promptTokens).generatedTokens(generated).build();
    }

    @Override
    public void cancel() {
      cancelled = true;
    }

    @Override
    public Iterator<String> texts() {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<Token> takeTokens() {
      return List.of();
    }

    @Override
    public void close() {
      cancel();
    }
  }
}
