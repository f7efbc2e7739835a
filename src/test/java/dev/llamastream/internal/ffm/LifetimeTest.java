package dev.llamastream.internal.ffm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(600)
class LifetimeTest {
  @SuppressWarnings("UnnecessaryLambda") // a name says more than an empty lambda
  private static final Runnable NO_HURRY = () -> {};

  private final AtomicInteger freed = new AtomicInteger();
  private final Lifetime shared = new Lifetime("the thing", false, freed::incrementAndGet);
  private final Lifetime exclusive = new Lifetime("the thing", true, freed::incrementAndGet);

  @Test
  void closeFreesAtOnceWhatNobodyUses() {
    assertThat(shared.isClosed()).isFalse();
    shared.close(NO_HURRY);
    assertThat(shared.isClosed()).isTrue();
    assertThat(freed).hasValue(1);
  }

  @Test
  void closeIsIdempotent() {
    shared.close(NO_HURRY);
    shared.close(() -> freed.addAndGet(100));
    assertThat(freed).hasValue(1);
  }

  @Test
  void noLeaseAfterClose() {
    shared.close(NO_HURRY);
    assertThatIllegalStateException()
        .isThrownBy(shared::acquire)
        .withMessage("the thing is closed");
  }

  @Test
  void sharedLeasesNestAndOverlap() throws InterruptedException {
    shared.acquire();
    shared.acquire();
    onOtherThread(
            () -> {
              shared.acquire();
              shared.release();
            })
        .join();
    shared.release();
    shared.close(NO_HURRY);
    assertThat(freed).hasValue(0);
    shared.release();
    assertThat(freed).hasValue(1);
  }

  @Test
  void exclusiveLeaseIsGivenOnceAndSaysToWhom() throws InterruptedException {
    exclusive.acquire();
    AtomicBoolean refused = new AtomicBoolean();
    String holder = Thread.currentThread().getName();
    onOtherThread(
            () -> {
              assertThatIllegalStateException()
                  .isThrownBy(exclusive::acquire)
                  .withMessage("the thing is in use by thread \"" + holder + "\"");
              refused.set(true);
            })
        .join();
    assertThat(refused).isTrue();
    assertThatIllegalStateException().isThrownBy(exclusive::acquire).withMessageContaining(holder);
    exclusive.release();
    exclusive.acquire();
    exclusive.release();
    assertThat(freed).hasValue(0);
  }

  @Test
  void closeHurriesAndWaitsForThoseInside() throws InterruptedException {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch hurried = new CountDownLatch(1);
    AtomicInteger freedWhenLeaving = new AtomicInteger(-1);
    Thread user =
        onOtherThread(
            () -> {
              exclusive.acquire();
              inside.countDown();
              await(hurried);
              freedWhenLeaving.set(freed.get());
              exclusive.release();
            });
    inside.await();
    exclusive.close(hurried::countDown);
    assertThat(freed).hasValue(1);
    assertThat(freedWhenLeaving).hasValue(0);
    user.join();
  }

  @Test
  void closeFromInsideReturnsAndTheReleaseFrees() {
    exclusive.acquire();
    exclusive.close(NO_HURRY);
    assertThat(exclusive.isClosed()).isTrue();
    assertThat(freed).hasValue(0);
    exclusive.release();
    assertThat(freed).hasValue(1);
  }

  @Test
  void everyCloserWaitsUntilAllIsFreed() throws InterruptedException {
    CountDownLatch closing = new CountDownLatch(8);
    AtomicInteger early = new AtomicInteger();
    shared.acquire();
    List<Thread> closers = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      closers.add(
          onOtherThread(
              () -> {
                shared.close(closing::countDown);
                early.addAndGet(1 - freed.get());
              }));
    }
    closing.await();
    assertThat(freed).hasValue(0);
    shared.release();
    for (Thread closer : closers) {
      closer.join();
    }
    assertThat(freed).hasValue(1);
    assertThat(early).hasValue(0);
  }

  @Test
  void interruptedCloserStillWaitsAndStaysInterrupted() throws InterruptedException {
    CountDownLatch closing = new CountDownLatch(1);
    AtomicBoolean interrupted = new AtomicBoolean();
    AtomicInteger freedOnReturn = new AtomicInteger(-1);
    shared.acquire();
    Thread closer =
        onOtherThread(
            () -> {
              shared.close(closing::countDown);
              freedOnReturn.set(freed.get());
              interrupted.set(Thread.currentThread().isInterrupted());
            });
    closing.await();
    closer.interrupt();
    while (closer.isInterrupted() && closer.isAlive()) {
      Thread.onSpinWait(); // until it has noticed
    }
    shared.release();
    closer.join();
    assertThat(freedOnReturn).hasValue(1);
    assertThat(interrupted).isTrue();
  }

  @Test
  void closeWorksOnAnInterruptedThread() {
    Thread.currentThread().interrupt();
    shared.close(NO_HURRY);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(freed).hasValue(1);
  }

  @Test
  void failureToFreeReachesWhoFreesAndNobodyWaitsForEver() {
    Lifetime failing =
        new Lifetime(
            "the thing",
            false,
            () -> {
              freed.incrementAndGet();
              throw new IllegalArgumentException("cannot");
            });
    assertThatThrownBy(() -> failing.close(NO_HURRY)).hasMessage("cannot");
    assertThatCode(() -> failing.close(NO_HURRY)).doesNotThrowAnyException();
    assertThat(freed).hasValue(1);
  }

  @Test
  void whatNeedsItToBeThereRunsOnlyBeforeItIsFreed() {
    AtomicInteger ran = new AtomicInteger();
    Lifetime[] self = new Lifetime[1];
    self[0] = new Lifetime("the thing", false, () -> self[0].ifNotFreed(ran::incrementAndGet));
    self[0].ifNotFreed(ran::incrementAndGet);
    assertThat(ran).hasValue(1);
    self[0].acquire();
    self[0].close(NO_HURRY);
    self[0].ifNotFreed(ran::incrementAndGet);
    assertThat(ran).hasValue(2);
    self[0].release();
    self[0].ifNotFreed(ran::incrementAndGet);
    assertThat(ran).hasValue(2);
  }

  /** Threads use and close many lifetimes; nobody is ever inside while one is freed. */
  @Test
  void stress() throws InterruptedException {
    Random random = new Random(7);
    AtomicInteger violations = new AtomicInteger();
    AtomicInteger uses = new AtomicInteger();
    for (int round = 0; round < 50; round++) {
      boolean oneAtATime = round % 2 == 0;
      AtomicInteger inside = new AtomicInteger();
      AtomicInteger frees = new AtomicInteger();
      Lifetime lifetime =
          new Lifetime(
              "the thing",
              oneAtATime,
              () -> {
                violations.addAndGet(inside.get());
                frees.incrementAndGet();
              });
      List<Thread> threads = new ArrayList<>();
      for (int t = 0; t < 6; t++) {
        boolean closes = t >= 4;
        int delay = random.nextInt(2_000);
        threads.add(
            onOtherThread(
                () -> {
                  if (closes) {
                    spin(delay);
                    lifetime.close(NO_HURRY);
                    violations.addAndGet(1 - frees.get());
                    return;
                  }
                  while (!lifetime.isClosed()) {
                    use(lifetime, inside, frees, oneAtATime, uses, violations);
                  }
                }));
      }
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(frees).hasValue(1);
    }
    assertThat(violations).hasValue(0);
    assertThat(uses).hasPositiveValue();
  }

  private static void use(
      Lifetime lifetime,
      AtomicInteger inside,
      AtomicInteger frees,
      boolean oneAtATime,
      AtomicInteger uses,
      AtomicInteger violations) {
    try {
      lifetime.acquire();
    } catch (IllegalStateException e) {
      return; // closed, or another is inside
    }
    try {
      int others = inside.getAndIncrement();
      if (frees.get() != 0 || (oneAtATime && others != 0)) {
        violations.incrementAndGet();
      }
      uses.incrementAndGet();
      inside.decrementAndGet();
    } finally {
      lifetime.release();
    }
  }

  private static void spin(int times) {
    for (int i = 0; i < times; i++) {
      Thread.onSpinWait();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static Thread onOtherThread(Runnable action) {
    return Thread.ofPlatform().start(action);
  }
}
