package dev.llamastream.internal.scheduling;

import dev.llamastream.internal.cache.StoredCells;
import dev.llamastream.internal.prompt.EncodedText;
import dev.llamastream.internal.scheduling.Sequences.Match;

/**
 * The prefixes that a job can take from others: in the cache, or about to be computed by a job with
 * a slot.
 */
@SuppressWarnings("ReferenceEquality") // jobs are compared by identity
final class SharedPrefixes {

  // a prefilling job is worth waiting for if it adds this many common tokens
  private static final int WORTH_WAITING = 32;
  // the minimum prefix worth copying when sequences have their own cache parts: libllama copies the
  // whole part
  private static final int WORTH_COPYING = 32;
  // fewer tokens would only make prompts unequally long, see BatchPlanner
  private static final int WORTH_TAKING_OVER = 8;

  private final SchedulerConfig config;
  private final Sequences sequences;

  SharedPrefixes(SchedulerConfig config, Sequences sequences) {
    this.config = config;
    this.sequences = sequences;
  }

  /** The best match in the cache. */
  Match match(Job job) {
    if (!mayShare(job)) {
      return Match.NONE;
    }
    EncodedText text = reusable(job);
    Match match = sequences.bestMatch(text);
    if (config.shared() || match.length() >= WORTH_COPYING) {
      return match;
    }
    if (job.sequence != null || sequences.hasFreeId()) {
      return Match.NONE;
    }
    match = sequences.oldestMatch(text);
    return match.length() >= WORTH_TAKING_OVER ? match : Match.NONE;
  }

  /**
   * How much of the job's prefix other jobs are about to compute.
   *
   * @param active jobs with a slot
   * @param admission only jobs that got their slot before this one count
   */
  int planned(Job job, Iterable<? extends Job> active, long admission) {
    int most = 0;
    if (mayShare(job)) {
      for (Job leader : active) {
        if (leader != job && leader.admission < admission && leader.inPrompt()) {
          int length = leader.prompt().text().common(reusable(job), job.size());
          most = Math.max(most, Math.min(length, job.size() - 1));
        }
      }
    }
    return most;
  }

  /** Whether to wait for what others are about to compute, instead of using the match. */
  static boolean worthWaiting(int planned, Match match) {
    return planned - match.length() >= WORTH_WAITING;
  }

  /** How many of its stored cells the job can use; 0 if it has none. */
  int stored(Job job) {
    StoredCells stored = job.stored;
    if (stored == null || !mayShare(job) || stored.length() > config.sequenceCells()) {
      return 0;
    }
    return sequences.reusable(stored, reusable(job));
  }

  private boolean mayShare(Job job) {
    return config.sharesPrefixes() && job.reusesPrefix();
  }

  /** In reproducible mode, generated tokens are always computed one by one. */
  private EncodedText reusable(Job job) {
    return config.reproducible() ? job.prompt().text() : job.text();
  }
}
