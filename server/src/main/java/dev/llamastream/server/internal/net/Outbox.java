package dev.llamastream.server.internal.net;

import io.vertx.core.Context;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * What is on its way to one peer: a bounded number of bytes between the threads that write and the
 * operating system's socket buffer. Vert.x takes any number and keeps them on the heap.
 *
 * <p>Thread-safe. Writes run on the event loop: its own at once, those of other threads in the
 * order of the calls.
 */
public final class Outbox {

  private final String client;
  private final Context eventLoop;
  private final int capacity;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final List<Runnable> listeners = new ArrayList<>();
  private long inFlight;
  private boolean gone;
  private volatile long lastSend = System.nanoTime();

  /**
   * An empty one.
   *
   * @param client from where the peer has connected
   * @param capacity how many bytes may be on their way before the next write waits
   */
  public Outbox(String client, Context eventLoop, int capacity) {
    this.client = client;
    this.eventLoop = eventLoop;
    this.capacity = capacity;
  }

  /**
   * Writes when there is room. The event loop does not wait for it: there it is to be asked for
   * before, with {@link #hasRoom}.
   *
   * @param bytes about how many
   * @param write called on the event loop
   * @throws PeerGoneException if the peer is gone, or goes while this waits
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
        eventLoop.runOnContext(_ -> write(bytes, write));
      }
    } finally {
      lock.unlock();
    }
    if (here) {
      write(bytes, write);
    }
  }

  /** Whether a write would not wait. */
  public boolean hasRoom() {
    lock.lock();
    try {
      return inFlight < capacity || gone;
    } finally {
      lock.unlock();
    }
  }

  /** Writes only if nothing has been written for so long, and nothing is on its way. */
  public void sendIfSilent(Duration silence, int bytes, Supplier<Future<Void>> write) {
    lock.lock();
    try {
      if (!gone && inFlight == 0 && System.nanoTime() - lastSend >= silence.toNanos()) {
        begin(bytes);
        eventLoop.runOnContext(_ -> write(bytes, write));
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until there is room, at most until the connection's {@link StallGuard} cuts it. Not for
   * the event loop.
   *
   * @throws PeerGoneException if the peer is gone, or goes meanwhile
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

  /** From where the peer has connected. */
  public String client() {
    return client;
  }

  /** What writes. */
  public Context eventLoop() {
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
      // closed meanwhile
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

  /** The peer is gone: who waits is woken, who listens is told. */
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

  /** Whether the peer is gone. */
  public boolean isGone() {
    lock.lock();
    try {
      return gone;
    } finally {
      lock.unlock();
    }
  }

  /** Calls this when the peer goes, at once if it is gone. */
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

  /** Takes a listener back. */
  public void forget(Runnable listener) {
    lock.lock();
    try {
      listeners.remove(listener);
    } finally {
      lock.unlock();
    }
  }
}
