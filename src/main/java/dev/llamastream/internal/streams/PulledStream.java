package dev.llamastream.internal.streams;

import dev.llamastream.MeteredStream;
import dev.llamastream.Token;
import java.util.Iterator;
import java.util.NoSuchElementException;

/** The common part of all streams: each pull gives a piece of text or a token. */
public abstract class PulledStream implements MeteredStream, PublishedStream<Token> {

  private String ready;
  private boolean endTaken;

  /**
   * Creates a stream that has not been pulled from.
   *
   * @param echo the text that the stream starts with
   */
  protected PulledStream(String echo) {
    ready = echo;
  }

  /** Waits for the next token or the end, and returns its text. */
  protected abstract String pullText();

  /** Like {@link #pullText()}, but returns the whole token. */
  protected abstract Token pullToken();

  /** Called by a pull that reached the end, or failed. */
  protected final void endTaken() {
    endTaken = true;
  }

  /** Throws what an iterator must throw at its end. */
  protected final void requireNotEnded() {
    if (endTaken) {
      throw ended();
    }
  }

  @Override
  public final boolean hasNext() {
    while (ready.isEmpty() && !endTaken) {
      ready = pullText();
    }
    return !ready.isEmpty();
  }

  @Override
  public final String next() {
    if (!hasNext()) {
      throw ended();
    }
    String piece = ready;
    ready = "";
    return piece;
  }

  @Override
  public final Iterator<Token> tokens() {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return !endTaken;
      }

      @Override
      public Token next() {
        requireNotEnded();
        return pullToken();
      }
    };
  }

  @Override
  public final Iterator<Token> elements() {
    return tokens();
  }

  @Override
  public final boolean exhausted() {
    return endTaken;
  }

  @Override
  public final boolean isMereEnd(Token token) {
    return token.id() == Token.NONE && token.text().isEmpty();
  }

  private static NoSuchElementException ended() {
    return new NoSuchElementException("the stream has ended");
  }

  @Override
  public final void close() {
    cancel();
  }
}
