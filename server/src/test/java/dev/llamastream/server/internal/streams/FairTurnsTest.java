package dev.llamastream.server.internal.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FairTurnsTest {

  private final List<String> order = Collections.synchronizedList(new ArrayList<>());
  private final List<CompletableFuture<Void>> tasks = new ArrayList<>();

  @Test
  void aClientWithMuchWaitsForItself() throws Exception {
    FairTurns turns = new FairTurns(1);
    CountDownLatch busy = occupy(turns);
    start(turns, "greedy", 5);
    start(turns, "b", 1);
    start(turns, "c", 2);
    busy.countDown();
    tasks.forEach(CompletableFuture::join);
    assertThat(order)
        .containsExactly("greedy", "b", "c", "greedy", "c", "greedy", "greedy", "greedy");
  }

  @Test
  void asManyAtOnceAsThereArePlaces() throws Exception {
    FairTurns turns = new FairTurns(3);
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    for (int i = 0; i < 200; i++) {
      String client = "client " + i % 7;
      tasks.add(
          run(
              () ->
                  turns.run(
                      client,
                      Duration.ZERO,
                      () -> {
                        most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                        LockSupport.parkNanos(10_000);
                        return inside.decrementAndGet();
                      })));
    }
    tasks.forEach(CompletableFuture::join);
    assertThat(most.get()).isBetween(1, 3);
  }

  @Test
  void whoLeavesKeepsNoPlace() throws Exception {
    FairTurns turns = new FairTurns(1);
    CountDownLatch busy = occupy(turns);
    assertThatThrownBy(() -> turns.run("late", Duration.ofMillis(1), () -> "never"))
        .isInstanceOf(TimeoutException.class);
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> turns.run("interrupted", Duration.ZERO, () -> "never"))
        .isInstanceOf(InterruptedException.class);
    start(turns, "patient", 1);
    busy.countDown();
    tasks.forEach(CompletableFuture::join);
    assertThat(order).containsExactly("patient");
    assertThat(turns.<String>run("next", Duration.ZERO, () -> "now")).isEqualTo("now");
  }

  @Test
  void aTaskThatFailsGivesItsPlaceBack() throws Exception {
    FairTurns turns = new FairTurns(1);
    assertThatThrownBy(
            () ->
                turns.run(
                    "a",
                    Duration.ZERO,
                    () -> {
                      throw new IllegalStateException("no");
                    }))
        .hasMessage("no");
    assertThat(turns.<String>run("b", Duration.ZERO, () -> "now")).isEqualTo("now");
  }

  private interface Task {
    void run() throws Exception;
  }

  private static CompletableFuture<Void> run(Task task) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    Thread.startVirtualThread(
        () -> {
          try {
            task.run();
            done.complete(null);
          } catch (Exception e) {
            done.completeExceptionally(e);
          }
        });
    return done;
  }

  /** Has the only place until the latch opens. */
  private CountDownLatch occupy(FairTurns turns) throws InterruptedException {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch leave = new CountDownLatch(1);
    tasks.add(
        run(
            () ->
                turns.run(
                    "first",
                    Duration.ZERO,
                    () -> {
                      inside.countDown();
                      try {
                        leave.await();
                      } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                      }
                      return 0;
                    })));
    inside.await();
    return leave;
  }

  private void start(FairTurns turns, String client, int times) throws InterruptedException {
    for (int i = 0; i < times; i++) {
      int before = turns.waiting();
      tasks.add(run(() -> turns.run(client, Duration.ZERO, () -> order.add(client))));
      while (turns.waiting() == before) {
        Thread.sleep(1);
      }
    }
  }
}
