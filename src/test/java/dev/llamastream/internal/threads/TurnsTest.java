package dev.llamastream.internal.threads;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.internal.threads.Turns.Turn;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TurnsTest {

  private static final long LONG_AGO = 6_000_000;

  private final AtomicLong clock = new AtomicLong();
  private final Turns turns = new Turns(2, clock::get);
  private final Turn one = turns.turn();
  private final Turn other = turns.turn();

  /** Without waiting. */
  private static boolean mayTake(Turn turn) {
    return turn.take(2, () -> true);
  }

  private void compute(Turn turn, long nanos) {
    assertThat(mayTake(turn)).isTrue();
    clock.addAndGet(nanos);
    turn.release();
  }

  @Test
  void aloneItNeverWaits() {
    for (int i = 0; i < 3; i++) {
      compute(one, 10);
    }
    assertThat(one.shared()).isFalse();
  }

  @Test
  void oneAtATime() {
    assertThat(mayTake(one)).isTrue();
    assertThat(mayTake(other)).isFalse();
    one.release();
    assertThat(mayTake(other)).isTrue();
    assertThat(mayTake(one)).isFalse();
    assertThat(one.shared()).isTrue();
  }

  @Test
  void theSameTimeForBoth() {
    compute(other, 10);
    assertThat(mayTake(one)).isTrue();
    one.release();
    compute(other, 10);
    for (int i = 0; i < 10; i++) {
      assertThat(mayTake(other)).as("after %d", i).isFalse();
      compute(one, 1);
    }
    compute(other, 10);
  }

  @Test
  void nobodyWaitsForWhoIsAway() {
    compute(one, 10);
    compute(other, 30);
    assertThat(mayTake(other)).isFalse();
    clock.addAndGet(LONG_AGO);
    assertThat(other.shared()).isFalse();
    compute(other, 10);
  }

  @Test
  void timeAwayIsNoClaim() {
    compute(one, 10);
    clock.addAndGet(LONG_AGO);
    compute(other, 1_000);
    compute(one, 10);
    compute(other, 10);
    assertThat(mayTake(other)).isTrue();
  }

  @Test
  void fewThreadsComputeAtOnce() {
    assertThat(one.take(1, () -> true)).isTrue();
    assertThat(other.take(1, () -> true)).isTrue();
    assertThat(other.shared()).isFalse();
    one.release();
    // the next step has more
    assertThat(mayTake(one)).isFalse();
    assertThat(other.shared()).isTrue();
    other.release();
    assertThat(mayTake(one)).isTrue();
  }

  @Test
  void whoWaitsIsWoken() {
    assertThat(mayTake(one)).isTrue();
    CompletableFuture<Boolean> taken =
        CompletableFuture.supplyAsync(() -> other.take(2, () -> false));
    while (!other.shared()) {
      Thread.onSpinWait();
    }
    assertThat(taken).isNotDone();
    clock.incrementAndGet();
    one.release();
    assertThat(taken.join()).isTrue();
  }

  @Test
  void anInterruptEndsNoWait() throws InterruptedException {
    assertThat(mayTake(one)).isTrue();
    CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
    Thread waiting =
        Thread.ofPlatform()
            .start(
                () -> {
                  other.take(2, () -> false);
                  interrupted.complete(Thread.currentThread().isInterrupted());
                });
    waiting.interrupt();
    clock.incrementAndGet();
    one.release();
    assertThat(interrupted.join()).isTrue();
    waiting.join();
  }
}
