package dev.llamastream.internal.scheduling;

import dev.llamastream.internal.cache.StoredCells;
import dev.llamastream.internal.prompt.CacheKey;
import dev.llamastream.internal.prompt.EncodedPrompt;
import dev.llamastream.internal.scheduling.SimulatedJob.Request;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** What a seed makes up: a cache, and who comes with what. Times are steps. */
final class Scenario {

  /** How many tokens of two prompts' beginnings must agree for one to wait for the other. */
  static final int WORTH_WAITING = 32;

  private static final List<CacheKey> KEYS = List.of(new CacheKey("one"), new CacheKey("other"));

  private final SplittableRandom random;
  // of its own, so that seeds are what they were before there were proposals
  private final SplittableRandom drafts;
  // likewise, before there were stored cells
  private final SplittableRandom stores;
  private final boolean hasStore;
  private final List<int[]> texts = new ArrayList<>();

  /** Whether all come at once, nobody goes early, nothing fails, and there is room for all. */
  final boolean calm;

  final int jobs;
  final int tokensPerJob;
  final SchedulerConfig config;
  final int closesAt;
  final int abortsAt;

  private final int meanGap;
  private int stops;
  private final int failsIn1000;

  Scenario(long seed) {
    random = new SplittableRandom(seed);
    drafts = new SplittableRandom(~seed);
    stores = new SplittableRandom(31 * seed + 7);
    hasStore = stores.nextInt(3) == 0;
    calm = oneIn(8);
    jobs = between(1, 16);
    tokensPerJob = between(36, 160);
    config = config();
    meanGap = calm ? 0 : random.nextInt(8);
    stops = !calm && oneIn(3) ? random.nextInt(20) : 0;
    failsIn1000 = !calm && oneIn(3) ? 20 : 0;
    closesAt = !calm && oneIn(5) ? random.nextInt(150) : SimulatedJob.NEVER;
    abortsAt = closesAt == SimulatedJob.NEVER ? closesAt : closesAt + random.nextInt(100);
    for (int i = 0; i < 2; i++) {
      texts.add(random.ints(tokensPerJob, 0, 256).toArray());
    }
  }

  private SchedulerConfig config() {
    int slots = between(1, 6);
    int sequences = slots + (oneIn(2) ? 0 : random.nextInt(20)) + (calm ? 2 * jobs : 0);
    boolean shared = random.nextBoolean();
    int batchSize = slots + random.nextInt(oneIn(2) ? 4 : 60);
    int cells = tokensPerJob * (!shared || calm ? sequences : between(1, 3));
    if (shared) {
      cells += random.nextInt(64);
    }
    return new SchedulerConfig(
        slots,
        calm ? jobs : between(1, 12),
        cells,
        sequences,
        shared,
        !oneIn(5),
        calm || !oneIn(5),
        calm ? cells : random.nextInt(cells + 1),
        batchSize,
        between(1, batchSize),
        oneIn(3),
        between(1, Math.min(batchSize, 24)),
        drafts.nextInt(3) == 0 ? 0 : drafts.nextInt(5));
  }

  private boolean oneIn(int times) {
    return random.nextInt(times) == 0;
  }

  private int between(int least, int most) {
    return random.nextInt(least, most + 1);
  }

  /** How long after the last one another arrives. */
  int gap() {
    return meanGap == 0 || oneIn(3) ? 0 : random.nextInt(2 * meanGap + 1);
  }

  boolean stops() {
    return stops > 0 && oneIn(16) && stops-- > 0;
  }

  boolean fails() {
    return random.nextInt(1000) < failsIn1000;
  }

  boolean losesContext() {
    return random.nextBoolean();
  }

  /** How much of something gets done. */
  int partOf(int whole) {
    return random.nextInt(whole + 1);
  }

  /** A request that arrives now. */
  Request request(int now) {
    int[] prompt = prompt();
    int most = tokensPerJob - prompt.length + 1;
    int stallsFrom = oneIn(3) ? now + random.nextInt(60) : SimulatedJob.NEVER;
    boolean forever = oneIn(4);
    return new Request(
        EncodedPrompt.ofTokens(KEYS.get(drafts.nextInt(8) / 7), prompt),
        oneIn(3) ? random.nextInt(3) : 0,
        calm || !oneIn(8),
        oneIn(4) ? most : between(1, Math.min(most, 30)),
        between(2, 6),
        calm || oneIn(2) ? 1 : between(1, 6),
        calm ? SimulatedJob.NEVER : stallsFrom,
        forever ? SimulatedJob.NEVER : now + random.nextInt(300),
        !calm && (forever || oneIn(6)) ? now + random.nextInt(300) : SimulatedJob.NEVER,
        !calm && oneIn(8) ? now + random.nextInt(300) : SimulatedJob.NEVER);
  }

  /** The beginning of a text that others begin with too, and something of its own. */
  private int[] prompt() {
    int[] text = texts.get(random.nextInt(texts.size()));
    int common = oneIn(3) ? text.length : random.nextInt(text.length + 1);
    int own = oneIn(4) ? 0 : random.nextInt(12);
    int length = Math.clamp(common + own, 1, tokensPerJob);
    int[] prompt = Arrays.copyOf(text, length);
    for (int i = common; i < length; i++) {
      prompt[i] = random.nextInt(256);
    }
    return prompt;
  }

  /** How many tokens somebody proposes for a stream. */
  int proposed() {
    return drafts.nextInt(7);
  }

  /** Whether a proposed token is the one that the model will sample. */
  boolean proposesRight() {
    return drafts.nextInt(4) > 0;
  }

  /** Whether the driver takes no more of the tokens that came out. */
  boolean acceptsNoMore() {
    return drafts.nextInt(6) == 0;
  }

  /** Offers a job what somebody stored who had the same beginning, or a part of it. */
  void stored(SimulatedJob job) {
    if (!hasStore || stores.nextInt(3) == 0) {
      return;
    }
    int[] prompt = job.prompt().tokens();
    int common = stores.nextBoolean() ? prompt.length : stores.nextInt(prompt.length + 1);
    int length = Math.clamp(common + (long) stores.nextInt(40), 1, tokensPerJob);
    int[] text = Arrays.copyOf(prompt, length);
    for (int i = common; i < length; i++) {
      text[i] = stores.nextInt(256);
    }
    EncodedPrompt stored = EncodedPrompt.ofTokens(job.prompt().key(), text);
    job.offerStored(new StoredCells(stored.text(), length));
  }

  /** Whether libllama refuses what was stored. */
  boolean failsToLoad() {
    return stores.nextInt(5) == 0;
  }

  /** What somebody has got: others go on from there. */
  void remember(SimulatedJob job) {
    texts.add(job.text().tokens());
  }
}
