package dev.llamastream.server.internal.net;

import io.vertx.core.Context;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * The pending writes of one connection. It bounds the bytes between the writing threads and the
 * operating system's socket buffer. Vert.x has no bound and keeps them on the heap.
 *
 * <p>Thread-safe. Writes run on the event loop: at once if called there, otherwise in the order of
 * the calls.
 */
public final class Outbox {

  private final String client;
  private final Executor eventLoop;
  private final int capacity;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final List<Runnable> listeners = new ArrayList<>();
  private long inFlight;
  private boolean gone;
  private volatile long lastSend = System.nanoTime();

  /**
   * Creates an empty outbox.
   *
   * @param client the client's address
   * @param eventLoop runs tasks one after the other, in their order
   * @param capacity how many bytes may be pending before the next write waits
   */
  public Outbox(String client, Executor eventLoop, int capacity) {
    this.client = client;
    this.eventLoop = eventLoop;
    this.capacity = capacity;
  }

  /**
   * Writes, after waiting for room. On the event loop this does not wait; check {@link #hasRoom}
   * there first.
   *
   * @param bytes the approximate size
   * @param write called on the event loop
   * @throws PeerGoneException if the client has disconnected, or disconnects while this waits
   */
  public void send(int bytes, Supplier<Future<Void>> write) {
    boolean here = Context.isOnEventLoopThread();
    lock.lock();
    try {
      if (here) {
        requirePeer();
      } else {
        awaitRoom();
      }
      begin(bytes);
      if (!here) {
        eventLoop.execute(() -> write(bytes, write));
      }
    } finally {
      lock.unlock();
    }
    if (here) {
      write(bytes, write);
    }
  }

  /** Whether a write would not have to wait. */
  public boolean hasRoom() {
    lock.lock();
    try {
      return inFlight < capacity || gone;
    } finally {
      lock.unlock();
    }
  }

  /** Writes only if the connection has been silent for this long and no write is pending. */
  public void sendIfSilent(Duration silence, int bytes, Supplier<Future<Void>> write) {
    lock.lock();
    try {
      if (!gone && inFlight == 0 && System.nanoTime() - lastSend >= silence.toNanos()) {
        begin(bytes);
        eventLoop.execute(() -> write(bytes, write));
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for room. If the client stays stalled, {@link StallGuard} closes the connection, which
   * ends the wait. Do not call on the event loop.
   *
   * @throws PeerGoneException if the client has disconnected, or disconnects meanwhile
   */
  public void awaitRoom() {
    lock.lock();
    try {
      while (inFlight >= capacity && !gone) {
        changed.await();
      }
      requirePeer();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PeerGoneException();
    } finally {
      lock.unlock();
    }
  }

  private void requirePeer() {
    if (gone) {
      throw new PeerGoneException();
    }
  }

  /** The client's address. */
  public String client() {
    return client;
  }

  /** The event loop that writes. */
  public Executor eventLoop() {
    return eventLoop;
  }

  private void begin(int bytes) {
    inFlight += bytes;
    lastSend = System.nanoTime();
  }

  private void write(int bytes, Supplier<Future<Void>> write) {
    try {
      write.get().onComplete(written -> finish(bytes, written.succeeded()));
    } catch (IllegalStateException e) {
      // the connection was closed meanwhile
      finish(bytes, false);
    }
  }

  private void finish(int bytes, boolean succeeded) {
    lock.lock();
    try {
      inFlight -= bytes;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    if (!succeeded) {
      gone();
    }
  }

  /** Marks the client as disconnected. Wakes waiting threads and calls the listeners. */
  public void gone() {
    List<Runnable> told;
    lock.lock();
    try {
      if (gone) {
        return;
      }
      gone = true;
      told = List.copyOf(listeners);
      listeners.clear();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    told.forEach(Runnable::run);
  }

  /** Whether the client has disconnected. */
  public boolean isGone() {
    lock.lock();
    try {
      return gone;
    } finally {
      lock.unlock();
    }
  }

  /** Calls the listener when the client disconnects, or at once if it already has. */
  public void onGone(Runnable listener) {
    lock.lock();
    try {
      if (!gone) {
        listeners.add(listener);
        return;
      }
    } finally {
      lock.unlock();
    }
    listener.run();
  }

  /** Removes a listener. */
  public void forget(Runnable listener) {
    lock.lock();
    try {
      listeners.remove(listener);
    } finally {
      lock.unlock();
    }
  }
}
