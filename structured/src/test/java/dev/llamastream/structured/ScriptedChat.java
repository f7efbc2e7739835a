package dev.llamastream.structured;

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
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Flow;

/** A generator whose answers are what a test says. */
final class ScriptedChat implements Generator {

  /** The requests so far. */
  final List<ChatRequest> requests = new ArrayList<>();

  /** How often an answer was cancelled before its end. */
  int cancelled;

  private final FinishReason end;
  private final List<String> pieces;

  /** Answers each request with these pieces, and ends for this reason. */
  ScriptedChat(FinishReason end, String... pieces) {
    this.end = end;
    this.pieces = List.of(pieces);
  }

  @Override
  public ChatStream chat(ChatRequest request) {
    requests.add(request);
    return new Answer();
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

  private final class Answer implements ChatStream {
    private final Iterator<String> rest = pieces.iterator();
    private Optional<FinishReason> reason = Optional.empty();

    @Override
    public boolean hasNext() {
      if (!rest.hasNext() && reason.isEmpty()) {
        reason = Optional.of(end);
      }
      return rest.hasNext() && reason.isEmpty();
    }

    @Override
    public ChatDelta next() {
      return new ChatDelta.Text(rest.next());
    }

    @Override
    public Iterator<String> texts() {
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return Answer.this.hasNext();
        }

        @Override
        public String next() {
          return rest.next();
        }
      };
    }

    @Override
    public ChatAnswer answer() {
      StringBuilder text = new StringBuilder();
      texts().forEachRemaining(text::append);
      return ChatAnswer.builder().text(text.toString()).finishReason(reason.orElseThrow()).build();
    }

    @Override
    public List<Token> takeTokens() {
      return List.of();
    }

    @Override
    public void cancel() {
      if (reason.isEmpty()) {
        reason = Optional.of(FinishReason.CANCELLED);
        cancelled++;
      }
    }

    @Override
    public Optional<FinishReason> finishReason() {
      return reason;
    }

    @Override
    public StreamStats stats() {
      return StreamStats.builder().build();
    }

    @Override
    public void close() {
      cancel();
    }
  }
}
