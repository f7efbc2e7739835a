package dev.llamastream.internal.scheduling;

import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The scheduler in made-up worlds, one a seed, checked at every step. A seed that fails is run
 * again, with all that happens, by {@code mvn test -Dtest=SchedulerSimulationTest
 * -Dllamastream.seed=N}.
 */
class SchedulerSimulationTest {

  private static final String SEED = "llamastream.seed";

  @Test
  void someSeeds() {
    Long seed = Long.getLong(SEED);
    if (seed == null) {
      run(0, 2_500);
    } else {
      run(seed, System.out::println);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {2_215, 4_704, 27_528, 31_588, 63_011, 87_851})
  void seedsThatFailedOnce(long seed) {
    run(seed, line -> {});
  }

  @Test
  @Tag("soak")
  void manySeeds() {
    run(0, 100_000);
  }

  private static void run(long from, long to) {
    LongStream.range(from, to).forEach(seed -> run(seed, line -> {}));
  }

  private static void run(long seed, Consumer<String> log) {
    try {
      Simulation.run(seed, log);
    } catch (AssertionError e) {
      throw new AssertionError(
          String.format(
              Locale.ROOT,
              "%s%nmvn test -Dtest=SchedulerSimulationTest -D%s=%d",
              e.getMessage(),
              SEED,
              seed),
          e);
    }
  }
}
