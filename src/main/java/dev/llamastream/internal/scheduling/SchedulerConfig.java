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
    int microBatchSize) {

  boolean sharesPrefixes() {
    return prefixCache && forgetsInPart;
  }
}
