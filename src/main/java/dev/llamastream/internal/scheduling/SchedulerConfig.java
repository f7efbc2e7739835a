package dev.llamastream.internal.scheduling;

/**
 * The configuration of a scheduler.
 *
 * @param slots the maximum number of jobs decoded together
 * @param queueCapacity the maximum number of jobs that wait to begin, not counting those that find
 *     a slot free
 * @param cells the size of the KV cache
 * @param sequences the number of sequences; at least slots
 * @param shared whether the sequences share all cells instead of having a part each
 * @param forgetsInPart whether sequences can be truncated and copied
 * @param prefixCache whether prompts share their prefixes
 * @param keptCells how many cells ended jobs may keep
 * @param batchSize the maximum number of tokens per decode; at least slots
 * @param prefillChunk how many of them may be prompt tokens while other jobs generate
 * @param reproducible whether every logit must be the same as if a job were alone
 * @param microBatchSize how many tokens are computed at once
 * @param mostDrafted how many proposed tokens one step may decode. Always none if results must be
 *     reproducible or the memory cannot drop a part of a sequence
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
