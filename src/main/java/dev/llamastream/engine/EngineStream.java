package dev.llamastream.engine;

import static java.util.Objects.requireNonNull;

import dev.llamastream.FinishReason;
import dev.llamastream.StreamStats;
import dev.llamastream.Token;
import dev.llamastream.internal.streams.PulledStream;
import java.lang.ref.Cleaner;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** The consumer's view of a stream. */
final class EngineStream extends PulledStream implements PollableStream {

  private static final Cleaner CLEANER = Cleaner.create();

  private final EngineLoop loop;
  private final StreamJob job;
  private final AtomicBoolean pulling = new AtomicBoolean();

  EngineStream(EngineLoop loop, StreamJob job, String echo) {
    super(echo);
    this.loop = loop;
    this.job = job;
    // an unreachable stream has no consumer for its tokens
    CLEANER.register(this, () -> loop.interrupt(job, FinishReason.CANCELLED));
  }

  @Override
  protected String pullText() {
    return pullToken().text();
  }

  @Override
  protected Token pullToken() {
    beginPulling();
    try {
      Optional<Token> token = take();
      if (token.isEmpty()) {
        endTaken();
        throw job.buffer().failure();
      }
      if (token.get().last()) {
        endTaken();
      }
      return token.get();
    } finally {
      pulling.set(false);
    }
  }

  private void beginPulling() {
    if (!pulling.compareAndSet(false, true)) {
      throw new IllegalStateException("another thread is pulling from this stream");
    }
  }

  @Override
  public Optional<Token> poll(Runnable ready) {
    requireNonNull(ready, "ready");
    beginPulling();
    try {
      requireNotEnded();
      Optional<Token> token = job.buffer().poll(ready);
      if (token.isPresent()) {
        loop.taken(job);
        if (token.get().last()) {
          endTaken();
        }
      }
      return token;
    } catch (RuntimeException e) {
      endTaken();
      throw e;
    } finally {
      pulling.set(false);
    }
  }

  private Optional<Token> take() {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          Optional<Token> token = job.buffer().take();
          loop.taken(job);
          return token;
        } catch (InterruptedException e) {
          interrupted = true;
          cancel();
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void onEnd(Runnable action) {
    job.buffer().onEnd(action);
  }

  /** How many tokens wait for the consumer. */
  int buffered() {
    return job.buffer().size();
  }

  @Override
  public void cancel() {
    loop.interrupt(job, FinishReason.CANCELLED);
  }

  @Override
  public Optional<FinishReason> finishReason() {
    return job.generation().finishReason();
  }

  @Override
  public StreamStats stats() {
    return job.generation().stats();
  }
}
