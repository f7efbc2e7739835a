package dev.llamastream.internal.generation;

import static java.util.Objects.requireNonNull;

import dev.llamastream.Token;
import dev.llamastream.TokenStream;
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
 * Streams as a {@link Flow.Publisher}: each subscription opens one with its first demand, and pulls
 * from it, on a thread of its own, as long as there is demand.
 */
public final class TokenPublisher implements Flow.Publisher<Token> {

  private final Supplier<? extends TokenStream> streams;
  private final ThreadFactory threads;

  /**
   * Makes one.
   *
   * @param streams opens a stream; what it throws goes to the subscriber
   * @param threads makes the thread that pulls
   */
  public TokenPublisher(Supplier<? extends TokenStream> streams, ThreadFactory threads) {
    this.streams = streams;
    this.threads = threads;
  }

  @Override
  public void subscribe(Flow.Subscriber<? super Token> subscriber) {
    requireNonNull(subscriber, "subscriber");
    Subscription subscription = new Subscription(subscriber);
    subscriber.onSubscribe(subscription);
    subscription.subscribed();
  }

  private final class Subscription implements Flow.Subscription {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    // guarded by the lock
    private Flow.@Nullable Subscriber<? super Token> subscriber;
    private @Nullable TokenStream stream;
    private @Nullable IllegalArgumentException misuse;
    private long demand;
    private boolean subscribed;
    private boolean started;

    private Subscription(Flow.Subscriber<? super Token> subscriber) {
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
              new IllegalArgumentException(
                  String.format(Locale.ROOT, "request: %d, must be at least 1", n));
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
      if (subscribed && asked && !started) {
        started = true;
        threads.newThread(this::run).start();
      }
    }

    @Override
    public void cancel() {
      TokenStream open = end();
      if (open != null) {
        open.cancel();
      }
    }

    /** There will be no more signals. */
    private @Nullable TokenStream end() {
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
        TokenStream opened = streams.get();
        lock.lock();
        try {
          stream = opened;
        } finally {
          lock.unlock();
        }
        try (opened) {
          emit(opened.tokens());
        }
      } catch (RuntimeException | Error e) {
        Flow.Subscriber<? super Token> receiver = receiver();
        end();
        if (receiver != null) {
          receiver.onError(e);
        }
      }
    }

    private void emit(Iterator<Token> tokens) {
      while (awaitDemand()) {
        Token token = tokens.next();
        Flow.Subscriber<? super Token> receiver = receiver();
        if (receiver == null) {
          return;
        }
        try {
          receiver.onNext(token);
        } catch (RuntimeException e) {
          // rule 2.13: such a subscriber is gone
          System.getLogger("dev.llamastream").log(Level.WARNING, "a subscriber failed", e);
          end();
          return;
        }
        if (token.last()) {
          receiver = receiver();
          end();
          if (receiver != null) {
            receiver.onComplete();
          }
          return;
        }
      }
    }

    private Flow.@Nullable Subscriber<? super Token> receiver() {
      lock.lock();
      try {
        return subscriber;
      } finally {
        lock.unlock();
      }
    }

    /** Takes one from the demand; false if there are to be no more tokens. */
    private boolean awaitDemand() {
      lock.lock();
      try {
        while (demand == 0 && subscriber != null && misuse == null) {
          changed.awaitUninterruptibly();
        }
        if (misuse != null) {
          throw misuse;
        }
        demand--;
        return subscriber != null;
      } finally {
        lock.unlock();
      }
    }
  }
}
