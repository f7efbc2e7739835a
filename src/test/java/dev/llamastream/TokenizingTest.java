package dev.llamastream;

import static dev.llamastream.fixture.GgufWriter.ValueType.STRING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.fixture.GgufWriter;
import dev.llamastream.internal.ffm.ModelAccess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A caller leaves a long text at any moment; native code goes to its end on its own. */
@Timeout(120)
class TokenizingTest {

  private static final String LONG = "a".repeat(1_000_000);

  @Test
  void anInterruptedCallerLeaves() throws Exception {
    try (Model model = load()) {
      for (int i = 0; i < 3; i++) {
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        CompletableFuture<int[]> tokens = new CompletableFuture<>();
        Thread caller =
            Thread.startVirtualThread(
                () -> {
                  try {
                    tokens.complete(model.tokenizer().encode(LONG));
                  } catch (CancellationException e) {
                    interrupted.complete(Thread.currentThread().isInterrupted());
                    tokens.completeExceptionally(e);
                  }
                });
        Thread.sleep(5);
        caller.interrupt();
        assertThatThrownBy(tokens::join).isInstanceOf(CancellationException.class);
        assertThat(interrupted).isCompletedWithValue(true);
      }
      assertThat(model.tokenizer().encode("aa")).containsExactly(1);
    } // what still runs has ended before this frees the model
  }

  @Test
  void thoseThatWaitForAPlaceLeaveToo() {
    int many = 2 + 2 * Runtime.getRuntime().availableProcessors();
    List<Thread> threads = new ArrayList<>();
    List<CompletableFuture<int[]>> texts = new ArrayList<>();
    try (Model model = load()) {
      for (int i = 0; i < many; i++) {
        CompletableFuture<int[]> text = new CompletableFuture<>();
        texts.add(text);
        threads.add(
            Thread.startVirtualThread(
                () -> {
                  try {
                    text.complete(model.tokenizer().encode(LONG));
                  } catch (CancellationException e) {
                    text.completeExceptionally(e);
                  }
                }));
      }
      threads.subList(1, many).forEach(Thread::interrupt);
      assertThat(texts.getFirst().join()).hasSize(LONG.length() / 2);
      assertThat(texts.subList(1, many))
          .allSatisfy(
              text -> assertThatThrownBy(text::join).isInstanceOf(CancellationException.class));
    }
  }

  @Test
  void aTimeoutEndsIt() {
    try (Model model = load()) {
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
    Model model = load();
    CompletableFuture<int[]> tokens = new CompletableFuture<>();
    Thread caller =
        Thread.startVirtualThread(
            () -> {
              try {
                tokens.complete(model.tokenizer().encode(LONG));
              } catch (IllegalStateException e) {
                tokens.completeExceptionally(e);
              }
            });
    while (tokenizers() == 0 && !tokens.isDone()) {
      Thread.onSpinWait();
    }
    caller.interrupt();
    assertThatThrownBy(tokens::join)
        .isInstanceOfAny(CancellationException.class, CompletionException.class);
    model.close();
    assertThat(tokenizers()).isZero();
  }

  private static long tokenizers() {
    return Thread.getAllStackTraces().entrySet().stream()
        .filter(e -> e.getKey().getName().equals("llamastream-tokenizer"))
        .filter(e -> List.of(e.getValue()).toString().contains("ls_tokenize"))
        .count();
  }

  private static Model load() {
    GgufWriter gguf =
        new GgufWriter()
            .put("general.architecture", "llama")
            .put("tokenizer.ggml.model", "gpt2")
            .put("tokenizer.ggml.pre", "gpt-4o")
            .put("tokenizer.ggml.tokens", STRING, List.of("a", "aa", "Ċ"))
            .put("tokenizer.ggml.add_bos_token", false)
            .put("tokenizer.ggml.bos_token_id", 0)
            .put("tokenizer.ggml.merges", STRING, List.of("a a"));
    return Model.load(gguf.writeShared("bpe"), ModelParams.builder().vocabOnly(true).build());
  }
}
