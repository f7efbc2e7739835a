package dev.llamastream.internal.scheduling;

import dev.llamastream.internal.scheduling.Step.Slice;
import java.util.ArrayList;
import java.util.List;

/**
 * Plans batches. Generating jobs and jobs with a prompt left take turns: first a token for each
 * generating job, then chunks of prompts. In a common batch, the first token of a new prompt would
 * wait for the next token of all others.
 *
 * <p>In reproducible mode, prompts are decoded one at a time, in the chunks that each would get
 * alone.
 *
 * @param <J> the kind of job
 */
final class BatchPlanner<J extends Job> {

  private final SchedulerConfig config;
  // prompt tokens since the last step of the generating jobs
  private int prefilled;

  BatchPlanner(SchedulerConfig config) {
    this.config = config;
  }

  /** Whether the job lacks only one token. */
  boolean generates(J job) {
    return job.runs() && (config.reproducible() ? !job.inPrompt() : job.pending() == 1);
  }

  /** What to decode next, of the jobs that have a slot. */
  List<Slice<J>> slices(Iterable<J> jobs) {
    List<J> generating = new ArrayList<>();
    List<J> prompts = new ArrayList<>();
    for (J job : jobs) {
      if (job.runs()) {
        (generates(job) ? generating : prompts).add(job);
      }
    }
    int room = generating.isEmpty() ? roomAlone() : config.prefillChunk() - prefilled;
    List<Slice<J>> chunks;
    if (config.reproducible()) {
      chunks = generating.isEmpty() || prefilled == 0 ? chunkAsAlone(prompts) : List.of();
    } else {
      chunks = config.shared() ? chunks(prompts, room) : equalChunks(prompts, room);
    }
    return chunks.isEmpty() ? oneTokenEach(generating) : chunks;
  }

  /**
   * The maximum number of prompt tokens while no job generates. Small if the memory cannot drop a
   * part: such a step is not stopped when one of many jobs ends.
   */
  private int roomAlone() {
    return config.forgetsInPart()
        ? config.batchSize()
        : Math.min(config.batchSize(), config.microBatchSize());
  }

  /** Confirms that these slices are decoded next. */
  void taken(List<Slice<J>> slices, Iterable<J> jobs) {
    prefilled = delaysOthers(slices, jobs) ? prefilled + Step.tokens(slices) : 0;
  }

  /** Whether these are slices of prompts while other jobs generate. */
  private boolean delaysOthers(List<Slice<J>> slices, Iterable<J> jobs) {
    if (slices.isEmpty() || generates(slices.getFirst().job())) {
      return false;
    }
    for (J job : jobs) {
      if (generates(job)) {
        return true;
      }
    }
    return false;
  }

  private List<Slice<J>> chunks(List<J> prompts, int room) {
    List<Slice<J>> slices = new ArrayList<>();
    int left = room;
    for (J job : prompts) {
      if (left > 0) {
        int length = Math.min(left, job.pending());
        slices.add(slice(job, length));
        left -= length;
      }
    }
    return slices;
  }

  /**
   * libllama computes sequences with their own cache parts together only as far as they have equal
   * lengths, and needs another pass through the model for the rest. A rest of one token goes with
   * the generating jobs instead.
   */
  private List<Slice<J>> equalChunks(List<J> prompts, int room) {
    List<J> together = new ArrayList<>();
    int length = room;
    for (J job : prompts) {
      int common = Math.min(length, job.pending());
      if (common > 0 && common * (together.size() + 1) <= room) {
        together.add(job);
        length = common;
      }
    }
    return slices(together, length);
  }

  /** The chunk that the first prompt would get alone. */
  private List<Slice<J>> chunkAsAlone(List<J> prompts) {
    if (prompts.isEmpty()) {
      return List.of();
    }
    J job = prompts.getFirst();
    int from = job.computed();
    int to = job.ownSequence().held.chunkEnd(from, job.prompt().length(), config.microBatchSize());
    return slices(List.of(job), to - from);
  }

  private static <J extends Job> List<Slice<J>> slices(List<J> jobs, int length) {
    List<Slice<J>> slices = new ArrayList<>();
    for (J job : jobs) {
      slices.add(slice(job, length));
    }
    return slices;
  }

  private static <J extends Job> Slice<J> slice(J job, int length) {
    return slice(job, length, 0);
  }

  private static <J extends Job> Slice<J> slice(J job, int length, int drafted) {
    int to = job.computed() + length;
    int outputs = to == job.size() ? 1 + drafted : 0;
    return new Slice<>(job, job.ownSequence().id, job.computed(), to + drafted, outputs);
  }

  /** The next token of each job, and as many of its proposed tokens as fit. */
  private List<Slice<J>> oneTokenEach(List<J> generating) {
    List<Slice<J>> slices = new ArrayList<>();
    int room = Math.min(config.batchSize() - generating.size(), config.draftTokens());
    for (J job : generating) {
      int drafted = job.pending() == 1 ? Math.min(room, draft(job)) : 0;
      room -= drafted;
      slices.add(slice(job, 1, drafted));
    }
    return slices;
  }

  /** How many proposed tokens of a job may be decoded. */
  private int draft(J job) {
    int cellsLeft = Math.max(0, config.sequenceCells() - job.size());
    return Math.min(job.proposed(), cellsLeft);
  }
}
