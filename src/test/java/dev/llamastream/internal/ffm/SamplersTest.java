package dev.llamastream.internal.ffm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.Dry;
import dev.llamastream.Model;
import dev.llamastream.ModelParams;
import dev.llamastream.SamplerParams;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What takes long to make does not hold a virtual thread's carrier, nor a caller that leaves. */
@Timeout(120)
class SamplersTest {

  private static final String GRAMMAR =
      "root ::= r0\n"
          + IntStream.range(0, 20_000)
              .mapToObj(i -> "r" + i + " ::= \"a\"\n")
              .collect(Collectors.joining());

  private static Model model;

  @BeforeAll
  static void load() {
    model =
        Model.load(
            Path.of("target", "native", "llama.cpp", "models", "ggml-vocab-gemma-4.gguf"),
            ModelParams.builder().vocabOnly(true).build());
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private static SamplerParams dry(int i) {
    return SamplerParams.builder().dry(new Dry(1, 2, 2, 64, List.of("breaker " + i))).build();
  }

  private static SamplerParams grammar(int i) {
    return SamplerParams.builder().grammar(GRAMMAR + "# " + i).build();
  }

  private static void make(SamplerParams params) {
    ModelAccess.handle(model).newSampler(params, null, new int[0], 64, Duration.ZERO).free();
  }

  @Test
  void dryIsMadeOnAThreadOfItsOwn() {
    assertThat(seenOnAPlatformThread("ls_dry_new", SamplersTest::dry)).isTrue();
  }

  @Test
  void aLongGrammarIsReadOnAThreadOfItsOwn() {
    assertThat(seenOnAPlatformThread("ls_sampler_new", SamplersTest::grammar)).isTrue();
  }

  /** Stack traces of all threads are those of platform threads. */
  private static boolean seenOnAPlatformThread(String function, IntFunction<SamplerParams> params) {
    boolean seen = false;
    for (int i = 0; i < 1_000 && !seen; i++) {
      SamplerParams made = params.apply(i);
      CompletableFuture<Void> done =
          CompletableFuture.runAsync(() -> make(made), Thread::startVirtualThread);
      while (!done.isDone() && !seen) {
        seen =
            Thread.getAllStackTraces().values().stream()
                .flatMap(Arrays::stream)
                .anyMatch(frame -> frame.getMethodName().equals(function));
      }
      done.join();
    }
    return seen;
  }

  @Test
  void aCallerThatIsInterruptedLeavesNothing() {
    for (int i = 0; i < 50; i++) {
      SamplerParams params = i % 2 == 0 ? dry(10_000 + i) : grammar(10_000 + i);
      AtomicBoolean interrupted = new AtomicBoolean();
      CompletableFuture<Void> made =
          CompletableFuture.runAsync(
              () -> {
                Thread.currentThread().interrupt();
                try {
                  make(params);
                } finally {
                  interrupted.set(Thread.interrupted());
                }
              },
              Thread::startVirtualThread);
      assertThatThrownBy(made::join).hasCauseInstanceOf(CancellationException.class);
      assertThat(interrupted).isTrue();
    }
    make(dry(20_000));
  }
}
