package dev.llamastream.engine;

import dev.llamastream.FinishReason;
import dev.llamastream.Token;
import dev.llamastream.internal.generation.Generation;
import dev.llamastream.internal.scheduling.Scheduler;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts tokens and ends into the streams' buffers, and parks a stream whose buffer is full. Guarded
 * by the lock of {@link Streams}. The caller notifies the readers later, without the lock.
 */
final class Delivery {

  private final Scheduler<StreamJob> scheduler;
  private final List<StreamJob> departed = new ArrayList<>();
  private double nanosPerStream = 1e9;

  Delivery(Scheduler<StreamJob> scheduler) {
    this.scheduler = scheduler;
  }

  /** How long a stream holds a slot, approximately. */
  double nanosPerStream() {
    return nanosPerStream;
  }

  /** The streams that have ended since the last call. */
  List<StreamJob> takeDeparted() {
    List<StreamJob> taken = List.copyOf(departed);
    departed.clear();
    return taken;
  }

  /** Delivers the sampled tokens, and adds the readers that wait for them. */
  void deliver(Sampled sampled, List<@Nullable Runnable> readers) {
    StreamJob job = sampled.job();
    FinishReason interruption = job.endSampling();
    for (Iterator<Token> tokens = sampled.tokens().iterator(); tokens.hasNext(); ) {
      Token token = tokens.next();
      if (interruption != null && !tokens.hasNext() && sampled.failure() == null) {
        token = interrupted(job, token, interruption);
      }
      readers.add(job.buffer().put(token));
    }
    scheduler.accepted(job, ids(sampled.tokens()));
    if (sampled.failure() != null) {
      readers.add(end(job, FinishReason.FAILED, sampled.failure()));
    } else if (job.generation().finished()) {
      depart(job);
      nanosPerStream = 0.9 * nanosPerStream + 0.1 * job.nanosInSlot(System.nanoTime());
    } else if (!job.buffer().hasRoom()) {
      park(job);
    }
  }

  private static int[] ids(List<Token> tokens) {
    int count = tokens.size();
    if (count > 0 && tokens.getLast().id() == Token.NONE) {
      count--;
    }
    int[] ids = new int[count];
    for (int i = 0; i < count; i++) {
      ids[i] = tokens.get(i).id();
    }
    return ids;
  }

  /** Turns a token into the last one, unless it has already ended the stream. */
  private static Token interrupted(StreamJob job, Token token, FinishReason reason) {
    if (token.last()) {
      return token;
    }
    String text = token.text() + job.generation().interrupt(reason);
    return Token.of(token.id(), text, token.position(), token.logprob(), token.topLogprobs(), true);
  }

  private void park(StreamJob job) {
    job.setParked(true);
    scheduler.park(job);
    if (job.buffer().wantsMore()) {
      wake(job); // the consumer took tokens before the job was parked
    }
  }

  /** Moves a parked stream back to waiting for a slot. */
  void wake(StreamJob job) {
    job.setParked(false);
    scheduler.wake(job);
  }

  /** Ends a stream without a token; returns its reader, if one waits. */
  @Nullable Runnable end(StreamJob job, FinishReason reason, @Nullable RuntimeException failure) {
    Generation generation = job.generation();
    String rest = generation.interrupt(reason);
    depart(job);
    if (failure != null) {
      return job.buffer().fail(failure);
    }
    job.sampled().clear();
    return job.buffer().put(job.sampled().with(rest));
  }

  private void depart(StreamJob job) {
    scheduler.end(job);
    departed.add(job);
  }
}
