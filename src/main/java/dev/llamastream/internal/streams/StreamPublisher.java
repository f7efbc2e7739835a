package dev.llamastream.internal.streams;

import static java.util.Objects.requireNonNull;

import dev.llamastream.InvalidValueException;
import java.lang.System.Logger.Level;
import java.util.Iterator;
import java.util.Locale;
import java.util.concurrent.Flow;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Streams as a {@link Flow.Publisher}. Each subscription opens a stream with its first demand, and
 * pulls from it on its own thread as long as there is demand. When a stream is ended from outside
 * and nothing is left, its subscription completes even without demand.
 *
 * @param <T> what the streams give
 */
public final class StreamPublisher<T> implements Flow.Publisher<T> {

  private final Supplier<? extends PublishedStream<T>> streams;
  private final ThreadFactory threads;

  /**
   * Creates a publisher.
   *
   * @param streams opens a stream; the subscriber receives its exceptions
   * @param threads creates the thread that pulls
   */
  public StreamPublisher(Supplier<? extends PublishedStream<T>> streams, ThreadFactory threads) {
    this.streams = streams;
    this.threads = threads;
  }

  @Override
  public void subscribe(Flow.Subscriber<? super T> subscriber) {
    requireNonNull(subscriber, "subscriber");
    Subscription subscription = new Subscription(subscriber);
    subscriber.onSubscribe(subscription);
    subscription.subscribed();
  }

  private final class Subscription implements Flow.Subscription {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    // guarded by the lock
    private Flow.@Nullable Subscriber<? super T> subscriber;
    private @Nullable PublishedStream<T> stream;
    private @Nullable IllegalArgumentException misuse;
    private long demand;
    private boolean subscribed;
    private boolean running;
    private boolean streamEnded;
    // used by the running thread only
    private @Nullable Iterator<T> elements;
    private @Nullable T ahead;

    private Subscription(Flow.Subscriber<? super T> subscriber) {
      this.subscriber = subscriber;
    }

    @Override
    public void request(long n) {
      lock.lock();
      try {
        if (subscriber == null) {
          return;
        }
        if (n <= 0) {
          misuse =
              new InvalidValueException(
                  "request", String.format(Locale.ROOT, "%d, must be at least 1", n));
        } else {
          demand = demand + n < 0 ? Long.MAX_VALUE : demand + n;
        }
        changed.signal();
        startIfAsked();
      } finally {
        lock.unlock();
      }
    }

    /** The subscriber's onSubscribe has returned. No other signal may come before that. */
    private void subscribed() {
      lock.lock();
      try {
        subscribed = true;
        startIfAsked();
      } finally {
        lock.unlock();
      }
    }

    private void startIfAsked() {
      boolean asked = subscriber != null && (demand > 0 || misuse != null);
      if (subscribed && asked && !running) {
        running = true;
        threads.newThread(this::run).start();
      }
    }

    @Override
    public void cancel() {
      PublishedStream<T> open = end();
      if (open != null) {
        open.close();
      }
    }

    /** Ends the subscription: no more signals follow. */
    private @Nullable PublishedStream<T> end() {
      lock.lock();
      try {
        subscriber = null;
        changed.signal();
        return stream;
      } finally {
        lock.unlock();
      }
    }

    private void run() {
      try {
        PublishedStream<T> open = open();
        if (emit(open)) {
          open.close();
        }
      } catch (RuntimeException | Error e) {
        Flow.Subscriber<? super T> receiver = receiver();
        PublishedStream<T> open = end();
        if (open != null) {
          open.close();
        }
        if (receiver != null) {
          receiver.onError(e);
        }
      }
    }

    private PublishedStream<T> open() {
      PublishedStream<T> open = stream;
      if (open == null) {
        open = streams.get();
        lock.lock();
        try {
          stream = open;
        } finally {
          lock.unlock();
        }
        elements = open.elements();
        open.onEnd(this::streamEnded);
      }
      return open;
    }

    private void streamEnded() {
      lock.lock();
      try {
        streamEnded = true;
        changed.signal();
      } finally {
        lock.unlock();
      }
    }

    /** False if no work is left for this thread; later demand starts another thread. */
    private boolean emit(PublishedStream<T> open) {
      while (awaitWork()) {
        T element = ahead == null ? pull() : ahead;
        ahead = element;
        if (element == null) {
          complete();
          return true;
        }
        if (!takeDemand()) {
          if (open.isMereEnd(element)) {
            complete();
          }
          continue;
        }
        ahead = null;
        Flow.Subscriber<? super T> receiver = receiver();
        if (receiver == null) {
          return true;
        }
        try {
          receiver.onNext(element);
        } catch (RuntimeException e) {
          // by rule 2.13, the subscription of such a subscriber is cancelled
          System.getLogger("dev.llamastream").log(Level.WARNING, "a subscriber failed", e);
          end();
        }
        if (open.exhausted()) {
          complete();
        }
      }
      return receiver() == null;
    }

    /** The next element; null if there is none. */
    private @Nullable T pull() {
      Iterator<T> source = requireNonNull(elements);
      return source.hasNext() ? source.next() : null;
    }

    private void complete() {
      Flow.Subscriber<? super T> receiver = receiver();
      end();
      if (receiver != null) {
        receiver.onComplete();
      }
    }

    private Flow.@Nullable Subscriber<? super T> receiver() {
      lock.lock();
      try {
        return subscriber;
      } finally {
        lock.unlock();
      }
    }

    /**
     * Waits for demand, or for the stream's end, which needs no demand.
     *
     * @return false if this thread should end
     */
    private boolean awaitWork() {
      lock.lock();
      try {
        while (subscriber != null && misuse == null && demand == 0) {
          if (streamEnded && ahead == null) {
            return true;
          }
          if (streamEnded) {
            running = false;
            return false;
          }
          changed.awaitUninterruptibly();
        }
        if (misuse != null) {
          throw misuse;
        }
        return subscriber != null;
      } finally {
        lock.unlock();
      }
    }

    private boolean takeDemand() {
      lock.lock();
      try {
        boolean asked = demand > 0;
        demand -= asked ? 1 : 0;
        return asked;
      } finally {
        lock.unlock();
      }
    }
  }
}
