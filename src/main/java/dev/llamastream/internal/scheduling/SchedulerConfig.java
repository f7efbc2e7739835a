package dev.llamastream.internal.scheduling;

/**
 * What a scheduler works with.
 *
 * @param slots how many jobs are decoded together at most
 * @param queueCapacity how many jobs wait to begin at most, beside those that find a slot free
 * @param cells the size of the KV cache
 * @param sequences how many sequences it has; no fewer than slots
 * @param shared whether the sequences share all cells, instead of having a part each
 * @param forgetsInPart whether sequences can be truncated and copied
 * @param prefixCache whether prompts share their beginnings
 * @param keptCells how many cells the jobs that have ended may keep
 * @param batchSize how many tokens one decode takes; no fewer than slots
 * @param prefillChunk how many of them prompts may have while other jobs generate
 * @param reproducible whether every logit must come out as if a job were alone
 * @param microBatchSize how many tokens are computed at once
 * @param mostDrafted how many proposed tokens of a job one step may decode; none are where results
 *     must be reproducible or the memory cannot forget in part, whatever this says
 */
public record SchedulerConfig(
    int slots,
    int queueCapacity,
    int cells,
    int sequences,
    boolean shared,
    boolean forgetsInPart,
    boolean prefixCache,
    int keptCells,
    int batchSize,
    int prefillChunk,
    boolean reproducible,
    int microBatchSize,
    int mostDrafted) {

  boolean sharesPrefixes() {
    return prefixCache && forgetsInPart;
  }

  int draftTokens() {
    return reproducible || !forgetsInPart ? 0 : mostDrafted;
  }

  /** How many cells one sequence may have. */
  int sequenceCells() {
    return shared ? cells : cells / sequences;
  }
}
