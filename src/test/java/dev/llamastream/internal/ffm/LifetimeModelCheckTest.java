package dev.llamastream.internal.ffm;

import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

class LifetimeModelCheckTest {

  /** Uses and closes one lifetime; each operation tells whether all was as it must be. */
  public abstract static class Subject {
    private final Lifetime lifetime;
    private volatile int inside;
    private volatile int frees;
    private final boolean exclusive;

    Subject(boolean exclusive) {
      this.exclusive = exclusive;
      lifetime = new Lifetime("the thing", exclusive, () -> frees++);
    }

    @Operation
    public boolean use() {
      try {
        lifetime.acquire();
      } catch (IllegalStateException e) {
        return true;
      }
      boolean right = frees == 0 && (!exclusive || inside == 0);
      inside = 1;
      right &= frees == 0;
      inside = 0;
      lifetime.release();
      return right;
    }

    @Operation
    public boolean close() {
      lifetime.close(() -> {});
      return frees == 1;
    }

    @Operation
    public boolean ifNotFreed() {
      boolean[] right = {true};
      lifetime.ifNotFreed(() -> right[0] = frees == 0);
      return right[0];
    }

    @Validate
    public void freedAtMostOnce() {
      if (frees > 1) {
        throw new IllegalStateException("freed " + frees + " times");
      }
    }
  }

  public static class Exclusive extends Subject {
    public Exclusive() {
      super(true);
    }
  }

  /** What each operation must tell. */
  public static class AllRight {
    public boolean use() {
      return true;
    }

    public boolean close() {
      return true;
    }

    public boolean ifNotFreed() {
      return true;
    }
  }

  @Test
  void t() {
    new ModelCheckingOptions()
        .iterations(5).invocationsPerIteration(300)
        .threads(3)
        .actorsPerThread(2)
        .actorsBefore(0)
        .actorsAfter(1)
        .sequentialSpecification(AllRight.class)
        .check(Exclusive.class);
  }
}
