package dev.llamastream.cli.batch;

import dev.llamastream.server.LocalApi;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Does all lines, a few at a time. Any thread may stop it. */
public final class BatchRun {

  private final BatchFiles files;
  private final BatchParams params;
  private final Tally tally;
  private final Asker asker;
  private final ItemSource source;
  private final OrderedOutput output;
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final Object taking = new Object();
  private long taken;

  /**
   * Prepares a run.
   *
   * @param engineClosed whether no line can be answered any more
   */
  public BatchRun(
      BatchFiles files,
      LocalApi api,
      BooleanSupplier engineClosed,
      BatchParams params,
      Tally tally) {
    this.files = files;
    this.params = params;
    this.tally = tally;
    asker = new Asker(api::post, engineClosed, params);
    LineParser parser = new LineParser(params.seeds(), params.embed(), api::has);
    source = new ItemSource(files.lines(), parser, files.answered());
    output = new OrderedOutput(files.output(), params.inOrder());
  }

  /**
   * Does all lines that are not done yet, and waits for them.
   *
   * @throws IOException if the input cannot be read, the output cannot be written, or the engine
   *     fails for good
   */
  public void run() throws IOException, InterruptedException {
    tally.begin();
    List<Thread> workers =
        IntStream.range(0, params.window())
            .mapToObj(_ -> Thread.ofVirtual().name("llamastream-batch").start(this::work))
            .toList();
    for (Thread worker : workers) {
      worker.join();
    }
    switch (failure.get()) {
      case null -> {
        if (asker.isStopped()) {
          output.writeHeld();
        } else {
          files.output().finish();
        }
      }
      case IOException e -> throw e;
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case Throwable e -> throw new IllegalStateException(e);
    }
  }

  /** Ends the run early. Lines that are in work stay undone. */
  public void stop() {
    asker.stop();
    output.stop();
  }

  private record Taken(long place, Item item) {}

  private @Nullable Taken take() throws IOException, InterruptedException {
    synchronized (taking) {
      output.awaitRoom();
      Item item = asker.isStopped() ? null : source.next();
      return item == null ? null : new Taken(taken++, item);
    }
  }

  @SuppressWarnings("CatchThrowable") // rethrown to the caller
  private void work() {
    try {
      for (Taken next = take(); next != null; next = take()) {
        Asker.Answer answer = asker.ask(next.item);
        if (answer == null) {
          return;
        }
        output.write(next.place, next.item.line(), answer.text());
        tally.count(answer.success());
      }
    } catch (Throwable e) {
      failure.compareAndSet(null, e);
      stop();
    }
  }
}
