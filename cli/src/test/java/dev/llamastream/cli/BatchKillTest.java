package dev.llamastream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** After {@code kill -9} at any moment, the next run loses no line and repeats none. */
class BatchKillTest {

  private static final int LINES = 300;
  private static final int KILLS = 4;

  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource({"1, input", "2, finished"})
  void eachLineIsAnsweredOnce(long seed, String order) throws Exception {
    Random random = new Random(seed);
    BatchFixture batch = BatchFixture.in(directory);
    Files.write(batch.input(), lines(random));
    int killed = 0;
    for (int round = 0; round < KILLS; round++) {
      Process process =
          BatchProcess.start("", batch.arguments(BatchFixture.ENDLESS, "--order", order));
      BatchProcess.awaitGrowth(process, batch.output(), 1 + random.nextInt(12_000));
      process.destroyForcibly();
      killed += process.waitFor() == 128 + 9 ? 1 : 0;
      if (random.nextBoolean()) {
        cutTheLastLine(batch.output(), random);
      }
    }
    assertThat(killed).as("killed while it worked").isPositive();

    Cli last = batch.again(BatchFixture.ENDLESS, "--order", order);
    assertThat(last.err()).startsWith(LINES + " of " + LINES + " lines in ");
    assertThat(last.status()).isZero();
    Integer[] all = IntStream.rangeClosed(1, LINES).boxed().toArray(Integer[]::new);
    if (order.equals("input")) {
      assertThat(batch.answered()).containsExactly(all);
    } else {
      assertThat(batch.answered()).containsExactlyInAnyOrder(all);
    }
    assertThat(batch.answers()).allSatisfy(answer -> assertThat(answer.has("text")).isTrue());
  }

  /** Prompts of many lengths, and long and short answers. */
  private static List<String> lines(Random random) {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < LINES; i++) {
      lines.add(
          String.format(
              Locale.ROOT,
              "{\"prompt\":\"%s\",\"max_tokens\":%d}",
              "a".repeat(1 + random.nextInt(40)),
              1 + random.nextInt(60)));
    }
    return lines;
  }

  /** As if the kill had come in the middle of a write. */
  private static void cutTheLastLine(Path output, Random random) throws IOException {
    if (BatchProcess.size(output) > 0) {
      byte[] bytes = Files.readAllBytes(output);
      byte[] kept = Arrays.copyOf(bytes, bytes.length - 1 - random.nextInt(20));
      Files.write(output, kept);
    }
  }
}
