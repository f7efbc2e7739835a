package dev.llamastream.store.internal.download;

import java.time.Duration;

/**
 * Sizes and times that tests make smaller.
 *
 * @param parallelFrom smaller files use one connection
 * @param leastPiece the least bytes to ask for at a time with several connections
 * @param mostPiece the most of them: what one slow connection may hold back at the end
 * @param journalBytes after so many bytes the journal is written; a killed download loses them
 * @param sync whether the bytes must be on the disk before the journal says so. Only a crash of the
 *     machine, not one of the process, makes a difference
 * @param tick between two calls of a listener
 */
record Tuning(
    long parallelFrom,
    long leastPiece,
    long mostPiece,
    long journalBytes,
    boolean sync,
    Duration tick) {

  static final Tuning DEFAULT =
      new Tuning(64 << 20, 8 << 20, 64 << 20, 32 << 20, true, Duration.ofMillis(100));

  long piece(long size, int connections) {
    return Math.clamp(size / (4L * connections), leastPiece, mostPiece);
  }
}
