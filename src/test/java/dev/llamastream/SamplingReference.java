package dev.llamastream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The samplers as their papers define them, plain and slow. */
final class SamplingReference {

  private record Candidate(int id, double logit) {}

  private SamplingReference() {}

  static double[] softmax(float[] logits) {
    double max = 0;
    for (int i = 0; i < logits.length; i++) {
      max = i == 0 ? logits[0] : Math.max(max, logits[i]);
    }
    double[] p = new double[logits.length];
    for (int i = 0; i < p.length; i++) {
      p[i] = Math.exp(logits[i] - max);
    }
    double sum = Arrays.stream(p).sum();
    return Arrays.stream(p).map(q -> q / sum).toArray();
  }

  /** The probabilities of what is left of the tokens; XTC as if its probability were 1. */
  static Map<Integer, Double> distribution(SamplerParams params, float[] logits) {
    List<Candidate> all = new ArrayList<>();
    for (int id = 0; id < logits.length; id++) {
      if (logits[id] > Float.NEGATIVE_INFINITY) {
        all.add(new Candidate(id, logits[id]));
      }
    }
    List<Candidate> left = topNSigma(all, params.topNSigma());
    left.sort(Comparator.comparingDouble(Candidate::logit).reversed());
    left = params.topK() == 0 ? left : left.subList(0, Math.min(left.size(), params.topK()));
    left = typical(left, params.typicalP());
    left = left.subList(0, reaching(left, params.topP()));
    double min = left.getFirst().logit() + Math.log(params.minP());
    left = left.stream().filter(c -> c.logit() >= min).toList();
    left = xtc(left, params.xtc());
    double[] p = probabilities(left, params.temperature());
    Map<Integer, Double> distribution = new LinkedHashMap<>();
    for (int i = 0; i < p.length; i++) {
      distribution.put(left.get(i).id(), p[i]);
    }
    return distribution;
  }

  private static double[] probabilities(List<Candidate> candidates, double temperature) {
    float[] logits = new float[candidates.size()];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = (float) (candidates.get(i).logit() / temperature);
    }
    return softmax(logits);
  }

  private static List<Candidate> topNSigma(List<Candidate> all, double n) {
    double max = all.stream().mapToDouble(Candidate::logit).max().orElseThrow();
    double mean = all.stream().mapToDouble(Candidate::logit).average().orElseThrow();
    double variance =
        all.stream().mapToDouble(c -> Math.pow(c.logit() - mean, 2)).average().orElseThrow();
    List<Candidate> left = new ArrayList<>(all);
    if (n > 0) {
      left.removeIf(c -> c.logit() < max - n * Math.sqrt(variance));
    }
    return left;
  }

  /** Those whose surprise is nearest to the entropy; in the order of their logits again. */
  private static List<Candidate> typical(List<Candidate> sorted, double share) {
    if (share >= 1) {
      return sorted;
    }
    double[] p = probabilities(sorted, 1);
    double entropy = Arrays.stream(p).map(q -> -q * Math.log(q)).sum();
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < p.length; i++) {
      order.add(i);
    }
    order.sort(Comparator.comparingDouble(i -> Math.abs(-Math.log(p[i]) - entropy)));
    double sum = 0;
    int count = 0;
    while (count < p.length && sum <= share) {
      sum += p[order.get(count++)];
    }
    return order.subList(0, count).stream().sorted().map(sorted::get).toList();
  }

  /** How many of the first reach this probability. */
  private static int reaching(List<Candidate> sorted, double share) {
    double[] p = probabilities(sorted, 1);
    double sum = 0;
    for (int i = 0; i < p.length && share < 1; i++) {
      sum += p[i];
      if (sum >= share) {
        return i + 1;
      }
    }
    return p.length;
  }

  private static List<Candidate> xtc(List<Candidate> sorted, Xtc xtc) {
    double[] p = probabilities(sorted, 1);
    long above = Arrays.stream(p).filter(q -> q >= xtc.threshold()).count();
    return xtc.probability() == 0 || above < 2
        ? sorted
        : sorted.subList((int) above - 1, sorted.size());
  }

  /** Within five standard deviations, and nothing else. */
  static void assertDrawnFrom(Map<Integer, Double> distribution, int[] tokens, String what) {
    assertThat(Arrays.stream(tokens).distinct().boxed()).as(what).isSubsetOf(distribution.keySet());
    distribution.forEach(
        (id, p) -> {
          double expected = p * tokens.length;
          double deviation = Math.sqrt(expected * (1 - p));
          assertThat((double) Arrays.stream(tokens).filter(token -> token == id).count())
              .as("%s: token %d", what, id)
              .isBetween(expected - 5 * deviation - 1, expected + 5 * deviation + 1);
        });
  }
}
