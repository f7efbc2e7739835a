package dev.llamastream.soak;

import dev.llamastream.LlamaException;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** The program of {@link ApiFuzzTest}: each seed is one {@link ApiScenario}. */
final class ApiFuzz {

  /** How often an outcome occurred, over all seeds. */
  private static final Map<String, Integer> OUTCOMES = new ConcurrentHashMap<>();

  private ApiFuzz() {}

  public static void main(String[] args) throws Exception {
    for (long seed = Long.parseLong(args[0]); seed < Long.parseLong(args[1]); seed++) {
      System.out.println("seed " + seed);
      new ApiScenario(seed, ApiFuzz::outcome).run();
    }
    System.out.println(
        "total " + OUTCOMES.values().stream().mapToInt(Integer::intValue).sum() + " calls");
    new TreeMap<>(OUTCOMES)
        .forEach((outcome, times) -> System.out.println("total " + times + " x " + outcome));
  }

  /** A call has thrown this, or nothing. */
  private static void outcome(String call, Throwable thrown) {
    String outcome = call + ": " + (thrown == null ? "ok" : thrown.getClass().getSimpleName());
    if (thrown instanceof LlamaException) {
      // numbers and quoted text differ, what it is about does not
      outcome +=
          " "
              + thrown
                  .getMessage()
                  .replaceAll("\\d+|\".*\"|/\\S+", "~")
                  .lines()
                  .findFirst()
                  .orElse("");
    }
    OUTCOMES.merge(outcome.substring(0, Math.min(outcome.length(), 120)), 1, Integer::sum);
  }
}
