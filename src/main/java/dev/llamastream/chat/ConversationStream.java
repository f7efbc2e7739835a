package dev.llamastream.chat;

import dev.llamastream.FinishReason;
import dev.llamastream.StreamStats;
import dev.llamastream.Token;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An answer of one or more rounds: when the model asks for tools, they are run and it is asked
 * again.
 *
 * <p>The conversation's lock guards what several threads use. It is not held while the thread that
 * pulls waits for the model or for a tool. All else belongs to that thread; while none pulls, to
 * the holder of the lock.
 */
final class ConversationStream implements ChatStream {

  private final Asking asking;
  private final Object lock;
  private final Consumer<List<ChatMessage>> kept;
  private final Queue<ChatDelta> deltas = new ConcurrentLinkedQueue<>();
  private final Rounds rounds = new Rounds();
  private List<ChatMessage> messages;
  private @Nullable ChatAnswer asksForTools;
  private @Nullable RuntimeException failure;

  private volatile ChatStream current;

  // guarded by the lock
  private boolean pulling;
  private @Nullable FinishReason wanted;
  private @Nullable FinishReason ended;
  private @Nullable ToolRun running;

  /**
   * Creates a stream that has not been pulled from.
   *
   * @param kept is told all messages at the end, none if the history stays as it was; under the
   *     lock
   */
  ConversationStream(
      Asking asking, Asking.Asked first, Object lock, Consumer<List<ChatMessage>> kept) {
    this.asking = asking;
    this.lock = lock;
    this.kept = kept;
    this.messages = first.messages();
    this.current = first.answer();
  }

  @Override
  public boolean hasNext() {
    synchronized (lock) {
      if (pulling) {
        throw new IllegalStateException("another thread is pulling from this stream");
      }
      pulling = true;
    }
    try {
      while (deltas.isEmpty() && goesOn()) {
        advance();
      }
    } finally {
      synchronized (lock) {
        pulling = false;
        endIfWanted();
      }
    }
    throwFailure();
    return !deltas.isEmpty();
  }

  private boolean goesOn() {
    synchronized (lock) {
      return ended == null && wanted == null;
    }
  }

  private void throwFailure() {
    synchronized (lock) {
      RuntimeException thrown = failure;
      if (deltas.isEmpty() && thrown != null) {
        failure = null;
        throw thrown;
      }
    }
  }

  /** Adds a delta, or runs the tools, or ends. */
  private void advance() {
    ChatAnswer answer = asksForTools;
    try {
      if (answer != null) {
        runTools(answer);
      } else if (current.hasNext()) {
        deltas.add(rounds.renumbered(current.next()));
      }
      FinishReason reason = current.finishReason().orElse(FinishReason.FAILED);
      if (answer == null && reason != FinishReason.FAILED) {
        readToEnd();
      }
    } catch (IllegalStateException e) {
      // it may only be that another thread is using the context: then the answer can continue later
      if (answer != null || current.finishReason().isPresent()) {
        fail();
      }
      throw e;
    } catch (RuntimeException | Error e) {
      fail();
      throw e;
    }
  }

  /** Takes the rest of a round that has ended. */
  private void readToEnd() {
    while (current.hasNext()) {
      deltas.add(rounds.renumbered(current.next()));
    }
    ChatAnswer answer = current.answer();
    rounds.add(answer, current.takeTokens());
    if (complete(answer.finishReason())
        && !answer.toolCalls().isEmpty()
        && !asking.toolBox().tools().isEmpty()
        && rounds.withTools() < asking.toolBox().maxRounds()) {
      asksForTools = answer;
    } else {
      end(answer, answer.finishReason());
    }
  }

  private static boolean complete(FinishReason reason) {
    return reason == FinishReason.END_OF_TEXT || reason == FinishReason.STOP_SEQUENCE;
  }

  private void runTools(ChatAnswer answer) {
    try {
      List<ChatMessage> results = results(answer);
      asksForTools = null;
      rounds.toolsRan();
      messages = new ArrayList<>(messages);
      messages.add(answer.toMessage());
      messages.addAll(results);
      askAgain();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      end(answer, FinishReason.CANCELLED);
    } catch (CancellationException e) {
      // by another thread: what it wants is done at the end of the pull
    }
  }

  private List<ChatMessage> results(ChatAnswer answer) throws InterruptedException {
    ToolRun run;
    synchronized (lock) {
      if (wanted != null) {
        throw new CancellationException();
      }
      run = asking.toolBox().start(answer.toolCalls());
      running = run;
    }
    try {
      return run.await();
    } finally {
      synchronized (lock) {
        running = null;
      }
    }
  }

  private void askAgain() {
    Asking.Asked asked;
    try {
      asked = asking.ask(messages, rounds.withTools());
    } catch (CancellationException e) {
      boolean interrupted = Thread.currentThread().isInterrupted();
      end(
          ChatAnswer.builder().build(),
          interrupted ? FinishReason.CANCELLED : FinishReason.TIMEOUT);
      return;
    }
    synchronized (lock) {
      messages = asked.messages();
      current = asked.answer();
      if (wanted != null) {
        current.cancel();
      }
    }
  }

  private void fail() {
    current.cancel();
    synchronized (lock) {
      if (ended == null) {
        ended = FinishReason.FAILED;
        kept.accept(List.of());
      }
    }
  }

  /** Ends with this answer of the last round. */
  private void end(ChatAnswer answer, FinishReason reason) {
    synchronized (lock) {
      boolean superseded = reason == FinishReason.CANCELLED && wanted != null;
      ended = superseded ? wanted : reason;
      boolean cut =
          reason == FinishReason.CANCELLED
              || reason == FinishReason.TIMEOUT
              || reason == FinishReason.SUPERSEDED;
      if (cut && answer.text().isEmpty() && rounds.withTools() == 0) {
        kept.accept(List.of());
        return;
      }
      List<ChatMessage> all = new ArrayList<>(messages);
      ChatMessage message = answer.toMessage();
      // calls without results would be half of an exchange, unless the caller brings the results
      boolean keepCalls = complete(reason) && asking.toolBox().tools().isEmpty();
      all.add(keepCalls ? message : message.toBuilder().toolCalls(List.of()).build());
      kept.accept(all);
    }
  }

  /** Does what another thread wanted. The caller holds the lock, and no thread pulls. */
  private void endIfWanted() {
    FinishReason reason = wanted;
    if (reason == null || ended != null) {
      return;
    }
    if (asksForTools == null) {
      try {
        readToEnd();
      } catch (RuntimeException e) {
        failure = e;
        fail();
      }
    }
    if (asksForTools != null) {
      end(asksForTools, reason);
    }
  }

  private void end(FinishReason reason) {
    synchronized (lock) {
      if (ended != null) {
        return;
      }
      if (wanted == null) {
        wanted = reason;
      }
      current.cancel();
      if (running != null) {
        running.cancel();
      }
      if (!pulling) {
        endIfWanted();
      }
    }
  }

  /**
   * Ends the answer for another one.
   *
   * @throws IllegalStateException if a thread is pulling
   */
  void supersede() {
    synchronized (lock) {
      if (pulling) {
        throw new IllegalStateException("another thread is reading an answer of this conversation");
      }
      end(FinishReason.SUPERSEDED);
    }
  }

  @Override
  public ChatDelta next() {
    if (!hasNext()) {
      throw new NoSuchElementException("the answer has ended");
    }
    return deltas.remove();
  }

  @Override
  public Iterator<String> texts() {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        while (ConversationStream.this.hasNext() && !(deltas.element() instanceof ChatDelta.Text)) {
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
  public ChatAnswer answer() {
    while (hasNext()) {
      deltas.clear();
    }
    return rounds.answer(finishReason().orElseThrow(), stats());
  }

  @Override
  public List<Token> takeTokens() {
    synchronized (lock) {
      List<Token> taken = rounds.takeTokens();
      taken.addAll(current.takeTokens());
      return taken;
    }
  }

  @Override
  public void cancel() {
    end(FinishReason.CANCELLED);
  }

  @Override
  public Optional<FinishReason> finishReason() {
    synchronized (lock) {
      return Optional.ofNullable(ended);
    }
  }

  @Override
  public StreamStats stats() {
    return current.stats();
  }

  @Override
  public void close() {
    cancel();
  }
}
