package dev.llamastream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.fixture.LongWords;
import dev.llamastream.internal.ffm.ModelAccess;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A caller leaves a long text at any moment; native code goes to its end on its own. */
@Timeout(120)
class TokenizingTest {

  private static final String LONG = "a".repeat(1_000_000);

  @Test
  void anInterruptedCallerLeaves() throws Exception {
    try (Model model = LongWords.load("gpt-4o")) {
      for (int i = 0; i < 3; i++) {
        Caller caller = new Caller(model);
        Thread.sleep(5);
        caller.thread.interrupt();
        assertThatThrownBy(caller.tokens::join).isInstanceOf(CancellationException.class);
        assertThat(caller.interrupted).isTrue();
      }
      assertThat(model.tokenizer().encode("aa")).containsExactly(1);
    } // what still runs has ended before this frees the model
  }

  @Test
  void thoseThatWaitForAPlaceLeaveToo() {
    int many = 2 + 2 * Runtime.getRuntime().availableProcessors();
    try (Model model = LongWords.load("gpt-4o")) {
      List<Caller> callers = Stream.generate(() -> new Caller(model)).limit(many).toList();
      List<Caller> others = callers.subList(1, many);
      others.forEach(caller -> caller.thread.interrupt());
      assertThat(callers.getFirst().tokens.join()).hasSize(LONG.length() / 2);
      assertThat(others)
          .allSatisfy(
              caller ->
                  assertThatThrownBy(caller.tokens::join)
                      .isInstanceOf(CancellationException.class));
    }
  }

  @Test
  void aTimeoutEndsIt() {
    try (Model model = LongWords.load("gpt-4o")) {
      assertThatThrownBy(
              () ->
                  ModelAccess.handle(model)
                      .vocab()
                      .tokenize(LONG, true, LONG.length(), Duration.ofMillis(1)))
          .isInstanceOf(CancellationException.class)
          .hasMessageStartingWith("timeout: ");
    }
  }

  @Test
  void aModelIsClosedWhenItsTextsHaveEnded() {
    Model model = LongWords.load("gpt-4o");
    Caller caller = new Caller(model);
    while (tokenizers() == 0 && !caller.tokens.isDone()) {
      Thread.onSpinWait();
    }
    caller.thread.interrupt();
    assertThatThrownBy(caller.tokens::join).isInstanceOf(CancellationException.class);
    model.close();
    assertThat(tokenizers()).isZero();
  }

  /** Tokenizes on a virtual thread. */
  private static final class Caller {
    private final CompletableFuture<int[]> tokens = new CompletableFuture<>();
    private volatile boolean interrupted;
    private final Thread thread;

    Caller(Model model) {
      thread = Thread.startVirtualThread(() -> encode(model));
    }

    private void encode(Model model) {
      try {
        tokens.complete(model.tokenizer().encode(LONG));
      } catch (CancellationException e) {
        interrupted = Thread.currentThread().isInterrupted();
        tokens.completeExceptionally(e);
      }
    }
  }

  private static long tokenizers() {
    return Thread.getAllStackTraces().entrySet().stream()
        .filter(e -> e.getKey().getName().equals("llamastream-prepare"))
        .filter(e -> List.of(e.getValue()).toString().contains("ls_tokenize"))
        .count();
  }
}
