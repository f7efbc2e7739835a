package dev.llamastream.internal.chat;

import dev.llamastream.FinishReason;
import dev.llamastream.StreamStats;
import dev.llamastream.Token;
import dev.llamastream.chat.ChatAnswer;
import dev.llamastream.chat.ChatDelta;
import dev.llamastream.chat.ChatStream;
import dev.llamastream.internal.ffm.ChatFormat;
import dev.llamastream.internal.streams.PublishedStream;
import dev.llamastream.internal.streams.PulledStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Queue;

/** An answer read from a stream of tokens. */
public class ReadChatStream implements ChatStream, PublishedStream<ChatDelta> {

  private final PulledStream stream;
  private final Iterator<Token> tokens;
  private final Queue<ChatDelta> deltas = new ArrayDeque<>();
  private final AnswerReader reader;
  private final boolean collect;
  private List<Token> newTokens = new ArrayList<>();
  private final List<Token> allTokens = new ArrayList<>();

  /**
   * Creates a stream that has not been pulled from.
   *
   * @param collect whether to keep the tokens
   */
  public ReadChatStream(PulledStream stream, ChatFormat format, boolean collect) {
    this.stream = stream;
    this.tokens = stream.tokens();
    this.reader = new AnswerReader(format, deltas::add);
    this.collect = collect;
  }

  /** Reads the next token. */
  protected final void read(Token token) {
    if (collect) {
      newTokens.add(token);
      allTokens.add(token);
    }
    reader.read(token.text(), token.last());
  }

  /** What has been read and not been taken; empty if there is nothing. */
  protected final Optional<ChatDelta> take() {
    return Optional.ofNullable(deltas.poll());
  }

  /** Whether all tokens have been read. */
  protected final boolean allRead() {
    return !tokens.hasNext();
  }

  @Override
  public final boolean exhausted() {
    return deltas.isEmpty() && allRead();
  }

  @Override
  public final Iterator<ChatDelta> elements() {
    return this;
  }

  @Override
  public final boolean isMereEnd(ChatDelta delta) {
    return false;
  }

  @Override
  public final void onEnd(Runnable action) {
    stream.onEnd(action);
  }

  @Override
  public final boolean hasNext() {
    while (deltas.isEmpty() && tokens.hasNext()) {
      read(tokens.next());
    }
    return !deltas.isEmpty();
  }

  @Override
  public final ChatDelta next() {
    if (!hasNext()) {
      throw new NoSuchElementException("the answer has ended");
    }
    return deltas.remove();
  }

  @Override
  public final Iterator<String> texts() {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        while (ReadChatStream.this.hasNext() && !(deltas.element() instanceof ChatDelta.Text)) {
          deltas.remove();
        }
        return !deltas.isEmpty();
      }

      @Override
      public String next() {
        if (!hasNext()) {
          throw new NoSuchElementException("the answer has ended");
        }
        return ((ChatDelta.Text) deltas.remove()).text();
      }
    };
  }

  @Override
  public final ChatAnswer answer() {
    while (hasNext()) {
      deltas.clear();
    }
    return reader
        .answer()
        .finishReason(stream.finishReason().orElseThrow())
        .stats(stream.stats())
        .tokens(allTokens)
        .build();
  }

  @Override
  public final List<Token> takeTokens() {
    List<Token> taken = newTokens;
    newTokens = new ArrayList<>();
    return taken;
  }

  @Override
  public final void cancel() {
    stream.cancel();
  }

  @Override
  public final Optional<FinishReason> finishReason() {
    return stream.finishReason();
  }

  @Override
  public final StreamStats stats() {
    return stream.stats();
  }

  @Override
  public final void close() {
    cancel();
  }
}
