package dev.llamastream.internal.streams;

import dev.llamastream.MeteredStream;
import dev.llamastream.Token;
import java.util.Iterator;
import java.util.NoSuchElementException;

/** The common part of all streams: each pull gives a piece of text or a token. */
public abstract class PulledStream implements MeteredStream {

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

  /**
   * Runs an action once when the stream has ended, for any reason; at once if it already has.
   *
   * @param action must not block
   */
  public abstract void onEnd(Runnable action);

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

  private static NoSuchElementException ended() {
    return new NoSuchElementException("the stream has ended");
  }

  @Override
  public final void close() {
    cancel();
  }
}
