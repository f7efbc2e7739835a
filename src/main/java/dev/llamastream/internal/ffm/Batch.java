package dev.llamastream.internal.ffm;

import static dev.llamastream.internal.bindings.LibLlama.C_CHAR;
import static dev.llamastream.internal.bindings.LibLlama.C_INT;
import static dev.llamastream.internal.bindings.LibLlama.C_POINTER;

import dev.llamastream.internal.bindings.llama_batch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** A {@code llama_batch}: the tokens of one decode. Lives as long as its context. */
public final class Batch {

  private final MemorySegment batch;
  private final MemorySegment tokens;
  private final MemorySegment positions;
  private final MemorySegment sequenceCounts;
  private final MemorySegment sequences;
  private final MemorySegment outputs;
  private final MemorySegment ids;
  private int size;

  Batch(int capacity, int sequenceCount, Arena arena) {
    batch = llama_batch.allocate(arena);
    tokens = arena.allocate(C_INT, capacity);
    positions = arena.allocate(C_INT, capacity);
    sequenceCounts = arena.allocate(C_INT, capacity);
    sequences = arena.allocate(C_POINTER, capacity);
    outputs = arena.allocate(capacity);
    ids = arena.allocate(C_INT, sequenceCount);
    for (int i = 0; i < sequenceCount; i++) {
      ids.setAtIndex(C_INT, i, i);
    }
    for (int i = 0; i < capacity; i++) {
      sequenceCounts.setAtIndex(C_INT, i, 1); // every token belongs to one sequence
    }
    llama_batch.token(batch, tokens);
    llama_batch.pos(batch, positions);
    llama_batch.n_seq_id(batch, sequenceCounts);
    llama_batch.seq_id(batch, sequences);
    llama_batch.logits(batch, outputs);
  }

  /** Removes all tokens. */
  public void clear() {
    size = 0;
  }

  /** Adds a token, with whether its logits are needed; returns its row. */
  public int add(int token, int position, int sequence, boolean output) {
    tokens.setAtIndex(C_INT, size, token);
    positions.setAtIndex(C_INT, size, position);
    sequences.setAtIndex(C_POINTER, size, ids.asSlice(sequence * C_INT.byteSize()));
    outputs.set(C_CHAR, size, (byte) (output ? 1 : 0));
    return size++;
  }

  /** The number of tokens. */
  public int size() {
    return size;
  }

  MemorySegment segment() {
    llama_batch.n_tokens(batch, size);
    return batch;
  }
}
