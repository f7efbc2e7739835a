package dev.llamastream.spark;

import static java.util.Objects.requireNonNull;

import dev.llamastream.GenerationException;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.apache.spark.TaskContext;
import org.apache.spark.util.TaskCompletionListener;
import org.apache.spark.util.TaskInterruptListener;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a task with their answers, in the rows' order. It reads rows ahead and keeps them in
 * work, as many as {@link LocalModels.Lease#window()}, and a few times as many that are done. When
 * the task ends or is killed, so does the work. For the task's thread.
 *
 * @param <R> rows
 * @param <A> rows with answers
 */
final class AnswerIterator<R, A> implements Iterator<A> {

  /** How many times the window rows may be ahead of the one that is next. */
  private static final int DONE_AHEAD = 8;

  private final Iterator<? extends R> rows;
  private final Function<R, @Nullable RowInput> input;
  private final BiFunction<R, RowAnswer, A> output;
  private final LocalModels.Lease lease;
  private final RowRequests requests;
  private final LlamaUsage usage;
  private final TaskContext task;

  private final ArrayDeque<Entry<R>> entries = new ArrayDeque<>();

  /** What the thread that kills the task cancels. */
  private final ConcurrentLinkedQueue<RowWork> inWork = new ConcurrentLinkedQueue<>();

  private final Thread thread = Thread.currentThread();
  private volatile boolean woken;
  private volatile boolean cancelled;

  /** A row and the work on it. */
  private record Entry<R>(R row, RowWork work) {}

  private AnswerIterator(
      Iterator<? extends R> rows,
      Function<R, @Nullable RowInput> input,
      BiFunction<R, RowAnswer, A> output,
      LocalModels.Lease lease,
      RequestSettings settings,
      LlamaUsage usage,
      TaskContext task) {
    this.rows = rows;
    this.input = input;
    this.output = output;
    this.lease = lease;
    this.requests = new RowRequests(lease.model(), settings);
    this.usage = usage;
    this.task = task;
  }

  /**
   * Begins to answer a task's rows.
   *
   * @param input what a row asks; null gives {@link RowAnswer#NULL}
   */
  static <R, A> Iterator<A> of(
      Iterator<? extends R> rows,
      Function<R, @Nullable RowInput> input,
      BiFunction<R, RowAnswer, A> output,
      LlamaSettings settings,
      LlamaUsage usage) {
    TaskContext task = requireNonNull(TaskContext.get(), "not in a task");
    LocalModels.Lease lease = lease(settings, task);
    AnswerIterator<R, A> answers =
        new AnswerIterator<>(rows, input, output, lease, settings.request(), usage, task);
    TaskInterruptListener killed = (context, reason) -> answers.cancel();
    TaskCompletionListener ended = context -> answers.close();
    var _ = task.addTaskInterruptListener(killed).addTaskCompletionListener(ended);
    lease.beginReading();
    return answers;
  }

  private static LocalModels.Lease lease(LlamaSettings settings, TaskContext task) {
    try {
      return LocalModels.ofJvm().lease(settings.engine());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      task.killTaskIfInterrupted();
      CancellationException cancelled = new CancellationException("the task is interrupted");
      cancelled.initCause(e);
      throw cancelled;
    }
  }

  @Override
  public boolean hasNext() {
    return !entries.isEmpty() || rows.hasNext();
  }

  @Override
  public A next() {
    task.killTaskIfInterrupted();
    readAhead();
    Entry<R> entry = entries.peek();
    if (entry == null) {
      throw new NoSuchElementException();
    }
    RowAnswer answer = await(entry.work());
    entries.remove();
    inWork.remove(entry.work());
    if (!answer.equals(RowAnswer.NULL)) {
      usage.add(answer);
    }
    // the engine continues while the caller uses the row
    readAhead();
    return output.apply(entry.row(), answer);
  }

  private void readAhead() {
    int window = lease.window();
    while (hasRoom(window) && rows.hasNext()) {
      R row = rows.next();
      entries.add(new Entry<>(row, start(row)));
    }
    if (!rows.hasNext()) {
      lease.endReading();
    }
  }

  /** Rows that are done but wait for one in front of them do not keep the engine waiting. */
  private boolean hasRoom(int window) {
    return entries.size() < DONE_AHEAD * window
        && entries.stream().filter(entry -> !entry.work().ended()).count() < window;
  }

  private RowWork start(R row) {
    task.killTaskIfInterrupted();
    RowInput asked = input.apply(row);
    if (asked == null) {
      return new RowWork.Done(RowAnswer.NULL);
    }
    long before = System.nanoTime();
    RowWork work = requests.start(asked.text(), asked.key());
    usage.addTime(System.nanoTime() - before);
    inWork.add(work);
    if (cancelled) {
      work.cancel();
    }
    return work;
  }

  private RowAnswer await(RowWork work) {
    long before = System.nanoTime();
    try {
      return pull(work);
    } catch (CancellationException e) {
      task.killTaskIfInterrupted();
      throw e;
    } catch (GenerationException e) {
      if (lease.model().failed()) {
        throw e;
      }
      return RowAnswer.failed(e);
    } finally {
      usage.addTime(System.nanoTime() - before);
    }
  }

  private RowAnswer pull(RowWork work) {
    while (true) {
      woken = false;
      RowAnswer answer = work.poll(this::wake);
      if (answer != null) {
        return answer;
      }
      readAhead();
      while (!woken) {
        LockSupport.park(this);
        if (Thread.currentThread().isInterrupted()) {
          throw new CancellationException("the task is interrupted");
        }
      }
    }
  }

  private void wake() {
    woken = true;
    LockSupport.unpark(thread);
  }

  private void cancel() {
    cancelled = true;
    inWork.forEach(RowWork::cancel);
  }

  private void close() {
    cancel();
    lease.close();
  }
}
