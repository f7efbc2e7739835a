package dev.llamastream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.fixture.LongWords;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Most BPE tokenizers of llama.cpp split a text with {@code std::regex}, which goes one call deeper
 * with each character of a word: on the stack of its caller, whose end is the JVM's.
 */
@Timeout(120)
class LongWordTest {

  @ParameterizedTest
  @CsvSource({
    "gpt-4o, 20000, 1",
    "gpt-4o, 1000000, 1",
    "tekken, 300000, 1",
    "deepseek-v3, 300000, 3"
  })
  void fitsOnTheStack(String tokenizer, int characters, int threads) {
    try (Model model = LongWords.load(tokenizer)) {
      String word = "a".repeat(characters);
      for (int i = 0; i < threads; i++) {
        CompletableFuture<int[]> tokens =
            CompletableFuture.supplyAsync(
                () -> model.tokenizer().encode(word), Thread::startVirtualThread);
        assertThat(tokens.join()).hasSize(characters / 2).containsOnly(1);
      }
    }
  }

  /** Each may touch all of its stack. */
  @Test
  void fewOfThemAreOnStacksAtOnce() {
    int characters = 50_000;
    int processors = Runtime.getRuntime().availableProcessors();
    String word = "a".repeat(characters);
    try (Model model = LongWords.load("gpt-4o")) {
      List<CompletableFuture<int[]>> texts = new ArrayList<>();
      for (int i = 0; i < 20 * processors; i++) {
        texts.add(
            CompletableFuture.supplyAsync(
                () -> model.tokenizer().encode(word), Thread::startVirtualThread));
      }
      long most = 0;
      while (!texts.stream().allMatch(CompletableFuture::isDone)) {
        most = Math.max(most, tokenizing());
      }
      assertThat(most).isBetween(1L, (long) processors);
      assertThat(texts).allSatisfy(tokens -> assertThat(tokens.join()).hasSize(characters / 2));
    }
  }

  /** Those of a second or so leave a place to those of a millisecond. */
  @Test
  void shortTextsDoNotWaitForAllLongOnes() {
    try (Model model = LongWords.load("gpt-4o")) {
      String word = "a".repeat(500_000);
      List<CompletableFuture<int[]>> texts = new ArrayList<>();
      for (int i = 0; i < 4 + 2 * Runtime.getRuntime().availableProcessors(); i++) {
        texts.add(
            CompletableFuture.supplyAsync(
                () -> model.tokenizer().encode(word), Thread::startVirtualThread));
      }
      while (tokenizing() == 0) {
        Thread.onSpinWait();
      }
      assertThat(model.tokenizer().encode("a".repeat(1_000))).hasSize(500);
      assertThat(texts).anyMatch(text -> !text.isDone());
      texts.forEach(CompletableFuture::join);
    }
  }

  private static long tokenizing() {
    return Thread.getAllStackTraces().values().stream()
        .filter(
            stack ->
                Arrays.stream(stack).anyMatch(frame -> frame.getMethodName().equals("ls_tokenize")))
        .count();
  }
}
