package dev.llamastream.internal.ffm;

import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * {@link Lifetime} under a model checker: Lincheck makes up small programs of a few threads, the
 * same ones each time, and runs each in many of the orders in which their steps can interleave.
 */
class LifetimeModelCheckTest {

  /**
   * Lincheck sees a deadlock by itself. Its clock is for other hangs, and at 30 s of wall time it
   * takes a machine that stands still for one.
   */
  private static final long HOUR_MILLIS = 3_600_000;

  @Test
  void exclusive() {
    check(Exclusive.class, 4, 100);
  }

  @Test
  void shared() {
    check(Shared.class, 4, 100);
  }

  @Test
  @Tag("soak")
  void exclusiveInManyOrders() {
    check(Exclusive.class, 50, 2_000);
  }

  @Test
  @Tag("soak")
  void sharedInManyOrders() {
    check(Shared.class, 50, 2_000);
  }

  private static void check(Class<? extends Subject> subject, int programs, int orders) {
    new ModelCheckingOptions()
        .invocationTimeout$lincheck(HOUR_MILLIS)
        .iterations(programs)
        .invocationsPerIteration(orders)
        .threads(3)
        .actorsPerThread(2)
        .actorsBefore(0)
        .actorsAfter(1)
        .sequentialSpecification(AllRight.class)
        .check(subject);
  }

  /** Uses and closes one lifetime. Each operation tells whether all was as it must be. */
  public abstract static class Subject {
    private final boolean exclusive;
    private final Lifetime lifetime;
    private volatile int inside;
    private volatile int frees;

    @SuppressWarnings("NonAtomicVolatileUpdate") // Lifetime must see to it
    Subject(boolean exclusive) {
      this.exclusive = exclusive;
      this.lifetime = new Lifetime("the thing", exclusive, () -> frees++);
    }

    @Operation
    @SuppressWarnings("NonAtomicVolatileUpdate")
    public boolean use() {
      try {
        lifetime.acquire();
      } catch (IllegalStateException e) {
        return true; // closed, or another is inside
      }
      boolean right = frees == 0 && (!exclusive || inside == 0);
      inside++;
      right &= frees == 0 && (!exclusive || inside == 1);
      inside--;
      lifetime.release();
      return right;
    }

    @Operation
    public boolean useTwiceAtOnce() {
      try {
        lifetime.acquire();
      } catch (IllegalStateException e) {
        return true;
      }
      boolean right = use() && frees == 0;
      lifetime.release();
      return right;
    }

    @Operation
    public boolean close() {
      lifetime.close(() -> {});
      return frees == 1 && lifetime.isClosed();
    }

    @Operation
    public boolean closeFromInside() {
      try {
        lifetime.acquire();
      } catch (IllegalStateException e) {
        return true;
      }
      lifetime.close(() -> {});
      boolean right = frees == 0;
      lifetime.release();
      return right;
    }

    @Operation
    public boolean ifNotFreed() {
      boolean[] right = {true};
      lifetime.ifNotFreed(() -> right[0] = frees == 0);
      return right[0];
    }

    /** At the end of every program. */
    @Validate
    public void freedOnceAtMost() {
      if (frees > 1) {
        throw new IllegalStateException("freed " + frees + " times");
      }
    }
  }

  /** With one lease at a time. */
  public static final class Exclusive extends Subject {
    public Exclusive() {
      super(true);
    }
  }

  /** With any number of leases. */
  public static final class Shared extends Subject {
    public Shared() {
      super(false);
    }
  }

  /** What each operation must tell, in whatever order. */
  public static final class AllRight {
    public boolean use() {
      return true;
    }

    public boolean useTwiceAtOnce() {
      return true;
    }

    public boolean close() {
      return true;
    }

    public boolean closeFromInside() {
      return true;
    }

    public boolean ifNotFreed() {
      return true;
    }
  }
}
