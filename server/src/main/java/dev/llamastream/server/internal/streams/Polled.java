package dev.llamastream.server.internal.streams;

import dev.llamastream.FinishReason;
import dev.llamastream.StreamStats;
import dev.llamastream.Token;
import dev.llamastream.chat.ChatDelta;
import dev.llamastream.engine.PollableChatStream;
import dev.llamastream.engine.PollableStream;
import java.util.Iterator;
import java.util.Optional;

/** A stream of the engine that can be read without blocking. */
interface Polled<T> {

  /** The next item, or empty; see {@link PollableChatStream#poll}. */
  Optional<T> poll(Runnable ready);

  /** Whether all items have been read. */
  boolean ended();

  /** Cancels the stream. */
  void cancel();

  /** The finish reason; empty while the stream is running. */
  Optional<FinishReason> finishReason();

  /** The current figures. */
  StreamStats stats();

  /** The tokens of a stream. An echoed prompt has none. */
  record Tokens(PollableStream stream, Iterator<Token> tokens) implements Polled<Token> {
    Tokens(PollableStream stream) {
      this(stream, stream.tokens());
    }

    @Override
    public Optional<Token> poll(Runnable ready) {
      return ended() ? Optional.empty() : stream.poll(ready);
    }

    @Override
    public boolean ended() {
      return !tokens.hasNext();
    }

    @Override
    public void cancel() {
      stream.cancel();
    }

    @Override
    public Optional<FinishReason> finishReason() {
      return stream.finishReason();
    }

    @Override
    public StreamStats stats() {
      return stream.stats();
    }
  }

  /** What is new in an answer. */
  record Answer(PollableChatStream stream) implements Polled<ChatDelta> {
    @Override
    public Optional<ChatDelta> poll(Runnable ready) {
      return stream.poll(ready);
    }

    @Override
    public boolean ended() {
      return stream.ended();
    }

    @Override
    public void cancel() {
      stream.cancel();
    }

    @Override
    public Optional<FinishReason> finishReason() {
      return stream.finishReason();
    }

    @Override
    public StreamStats stats() {
      return stream.stats();
    }
  }
}
