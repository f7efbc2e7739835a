package dev.llamastream.store.internal.download;

import dev.llamastream.store.ModelStoreException;
import dev.llamastream.store.ModelStoreException.Reason;
import dev.llamastream.store.internal.http.Retries;
import dev.llamastream.store.internal.http.Web;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Fills a part. Workers fetch pieces; the caller's thread looks after them and talks to the
 * listener.
 */
final class Transfer {

  /** So often a file may change, or a server break its ranges, before it counts as wrong. */
  private static final int ANEW = 4;

  private sealed interface Event {
    /** A wait that the caller's thread has to tell. */
    record Waits(String reason) implements Event {}

    /** What comes looks like the file: more connections may start. */
    record BeginsRight() implements Event {}

    record Ended(@Nullable Throwable failure) implements Event {}
  }

  private final Downloader downloader;
  private final RemoteFile file;
  private final PartFile part;
  private final TransferListener listener;
  private final Pieces pieces;
  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final AtomicLong unsaved = new AtomicLong();
  private final Object saving = new Object();
  private int connections;
  private volatile boolean looksRight;
  private volatile boolean discarded;

  Transfer(
      Downloader downloader,
      RemoteFile file,
      PartFile part,
      int connections,
      TransferListener listener) {
    this.downloader = downloader;
    this.file = file;
    this.part = part;
    this.connections = connections;
    this.listener = listener;
    pieces = new Pieces(part.load(file.size(), file.sha256()), file.size());
  }

  RemoteFile file() {
    return file;
  }

  Pieces pieces() {
    return pieces;
  }

  PartFile part() {
    return part;
  }

  Web web() {
    return downloader.web();
  }

  /**
   * Ends when all bytes are in the part. Otherwise the part and its journal are as the next
   * download needs them.
   */
  void run() throws InterruptedException {
    checkSpace();
    for (int anew = 0; !pieces.complete(); anew++) {
      try {
        part.open().close();
        fetch();
      } catch (StartAnewException e) {
        if (anew == ANEW) {
          throw Failures.wrong(file.name(), e.getMessage() + ", again and again. Try later");
        }
        connections = 1;
        pieces.startAnew();
        part.forgetJournal();
      } catch (IOException e) {
        throw Failures.storage(part.path(), e);
      } finally {
        keep();
      }
    }
    part.truncate(pieces.size());
    listen();
  }

  private void keep() {
    if (discarded || pieces.total() == 0) {
      part.delete();
    } else {
      save();
    }
  }

  private void fetch() throws InterruptedException, StartAnewException {
    List<Thread> workers = new ArrayList<>();
    events.clear();
    looksRight = false;
    try {
      workers.add(start());
      int live = 1;
      @Nullable Throwable failure = null;
      while (live > 0) {
        switch (events.poll(downloader.tuning().tick().toNanos(), TimeUnit.NANOSECONDS)) {
          case Event.Waits waits -> downloader.waiting().onWait(waits.reason());
          case Event.BeginsRight right -> {
            for (; parallel() && pieces.joinable() && workers.size() < connections; live++) {
              workers.add(start());
            }
          }
          case Event.Ended ended -> {
            live--;
            failure = ended.failure() == null ? failure : ended.failure();
            if (failure != null && !othersMayFinish(failure)) {
              throw rethrown(failure);
            }
          }
          case null -> {}
        }
        listen();
      }
      if (failure != null && !pieces.complete()) {
        throw rethrown(failure);
      }
    } finally {
      stop(workers);
    }
  }

  /** A server may allow fewer connections than were opened. */
  private static boolean othersMayFinish(Throwable failure) {
    return failure instanceof ModelStoreException e
        && (e.reason() == Reason.UNREACHABLE || e.reason() == Reason.RATE_LIMITED);
  }

  private static RuntimeException rethrown(Throwable failure) throws StartAnewException {
    return switch (failure) {
      case StartAnewException e -> throw e;
      case Error e -> throw e;
      case RuntimeException e -> e;
      default -> new IllegalStateException(failure);
    };
  }

  private Thread start() {
    Retries retries = new Retries(web().pause(), reason -> events.add(new Event.Waits(reason)));
    return Thread.ofVirtual()
        .name("llamastream-download")
        .start(
            () -> {
              @Nullable Throwable failure = null;
              try {
                new PieceWorker(this, retries).run();
              } catch (Throwable e) {
                failure = e;
              }
              events.add(new Event.Ended(failure));
            });
  }

  private static void stop(List<Thread> workers) {
    workers.forEach(Thread::interrupt);
    boolean interrupted = false;
    for (Thread worker : workers) {
      while (worker.isAlive()) {
        try {
          worker.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void listen() {
    if (!listener.onBytes(pieces.total())) {
      throw Failures.cancelled(file.name());
    }
  }

  private boolean parallel() {
    return connections > 1 && file.size() >= downloader.tuning().parallelFrom();
  }

  long longestPiece() {
    return parallel() ? downloader.tuning().piece(file.size(), connections) : Long.MAX_VALUE;
  }

  boolean looksRight() {
    return looksRight;
  }

  void beginsRight() {
    looksRight = true;
    events.add(new Event.BeginsRight());
  }

  /** Nothing of the part can be used. */
  void discard() {
    discarded = true;
  }

  void checkSpace() {
    downloader.checkSpace(file, part.path(), pieces.size() - pieces.total());
  }

  void written(int bytes) {
    if (unsaved.addAndGet(bytes) >= downloader.tuning().journalBytes()) {
      unsaved.set(0);
      save();
    }
  }

  private void save() {
    synchronized (saving) {
      part.save(pieces.journal(), downloader.tuning().sync());
    }
  }
}
