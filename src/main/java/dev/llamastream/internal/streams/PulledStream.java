package dev.llamastream.internal.streams;

import dev.llamastream.MeteredStream;
import dev.llamastream.Token;
import java.util.Iterator;
import java.util.NoSuchElementException;

/** What all streams have in common: pieces of text, and tokens, out of one pull after the other. */
public abstract class PulledStream implements MeteredStream {

  private String ready;
  private boolean endTaken;

  /**
   * A stream that has not been pulled from.
   *
   * @param echo the text that it begins with
   */
  protected PulledStream(String echo) {
    ready = echo;
  }

  /** Waits for the next token or the end, and returns the text that it brought. */
  protected abstract String pullText();

  /** The same, with all that is known of it. */
  protected abstract Token pullToken();

  /**
   * Has something run once when the stream has ended, for whatever reason: at once if it has.
   *
   * @param action must not wait
   */
  public abstract void onEnd(Runnable action);

  /** Called by a pull that brought the end, or failed. */
  protected final void endTaken() {
    endTaken = true;
  }

  /** Throws what an iterator throws at its end. */
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
