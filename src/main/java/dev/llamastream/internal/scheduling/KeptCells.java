package dev.llamastream.internal.scheduling;

import dev.llamastream.internal.cache.StoredCells;
import dev.llamastream.internal.scheduling.Step.Operation;
import java.util.List;

/**
 * What an ended job has left in a sequence, which can be copied and stored.
 *
 * @param operations what to do with the KV cache before
 * @param sequence the sequence
 * @param cells its content
 */
public record KeptCells(List<Operation> operations, int sequence, StoredCells cells) {}
