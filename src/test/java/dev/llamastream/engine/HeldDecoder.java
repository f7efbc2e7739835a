package dev.llamastream.engine;

import dev.llamastream.internal.ffm.Batch;
import dev.llamastream.internal.ffm.ContextHandle;

/** Decodes when it is told to: what happens in the midst of a decode is up to the test. */
final class HeldDecoder implements Decoder {

  private final Decoder decoder;
  // guarded by this
  private int begun;
  private int allowed;

  HeldDecoder() {
    this(ContextHandle::decode);
  }

  /** With something else in the place of the real decode. */
  HeldDecoder(Decoder decoder) {
    this.decoder = decoder;
  }

  @Override
  public boolean decode(ContextHandle context, Batch batch) {
    synchronized (this) {
      begun++;
      try {
        while (begun > allowed) {
          wait();
        }
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
    return decoder.decode(context, batch);
  }

  /** How many decodes have begun. */
  synchronized int begun() {
    return begun;
  }

  private synchronized void allow(int count) {
    allowed = count;
    notifyAll();
  }

  /** Lets all decodes before the n-th one pass, and returns when that has begun. */
  void holdAt(int n) {
    allow(n - 1);
    Engines.await(() -> begun() == n);
  }

  /** Holds the decode after this one. */
  synchronized void holdNext() {
    allow(begun);
  }

  /** Holds no more. */
  void open() {
    allow(Integer.MAX_VALUE);
  }
}
