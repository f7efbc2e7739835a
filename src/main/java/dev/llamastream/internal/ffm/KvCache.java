package dev.llamastream.internal.ffm;

import dev.llamastream.GenerationException;
import dev.llamastream.internal.bindings.LibLlama;
import dev.llamastream.internal.natives.NativeError;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** The memory of a context, which holds its sequences. Needs the context's lease. */
public final class KvCache {

  private final NativeContext owner;
  private final MemorySegment context;
  private final NativeError error;

  KvCache(NativeContext owner) {
    this.owner = owner;
    this.context = owner.segment();
    this.error = owner.error();
  }

  /**
   * Removes all positions of a sequence from this one on.
   *
   * @return false if the model's memory cannot do this; nothing has changed then
   */
  public boolean truncate(int sequence, int position) {
    return succeeded(LibLlama.ls_memory_seq_rm(context, sequence, position, -1, error.segment()));
  }

  /**
   * The number of positions in a sequence. After a stopped decode, counts only complete positions.
   */
  public int length(int sequence) {
    int length = LibLlama.ls_memory_seq_length(context, sequence, error.segment());
    if (length == LibLlama.LS_FAILED()) {
      throw owner.failure();
    }
    return length;
  }

  /** Copies the first {@code length} positions of a sequence into an empty one. */
  public void copy(int from, int to, int length) {
    if (LibLlama.ls_memory_seq_cp(context, from, to, length, error.segment()) != 0) {
      throw owner.failure();
    }
  }

  /**
   * Removes the positions [from, to) of sequence 0 and moves the later ones up.
   *
   * @return false if the model's memory cannot do this; nothing has changed then
   */
  public boolean shift(int from, int to) {
    // ask first: what cannot be moved must not be removed
    return succeeded(LibLlama.ls_memory_seq_add(context, 0, 0, 0, 0, error.segment()))
        && succeeded(LibLlama.ls_memory_seq_rm(context, 0, from, to, error.segment()))
        && succeeded(LibLlama.ls_memory_seq_add(context, 0, to, -1, from - to, error.segment()));
  }

  private boolean succeeded(int status) {
    if (status == LibLlama.LS_FAILED()) {
      throw owner.failure();
    }
    return status == 1;
  }

  /** Removes everything. */
  public void clear() {
    if (LibLlama.ls_memory_clear(context, error.segment()) != 0) {
      throw owner.failure();
    }
  }

  /** The state of sequence 0, in memory of the arena. */
  public MemorySegment save(Arena arena) {
    long size = LibLlama.ls_state_size(context, 0, error.segment());
    MemorySegment state = arena.allocate(Math.max(1, size));
    if (size == 0) {
      throw owner.failure();
    }
    return state.asSlice(0, save(0, state));
  }

  /** The size of a sequence's state in bytes. */
  public long stateSize(int sequence) {
    long size = LibLlama.ls_state_size(context, sequence, error.segment());
    if (size == 0) {
      throw owner.failure();
    }
    return size;
  }

  /** Copies a sequence into a state of its size. */
  public void save(int sequence, SequenceState state) {
    long written = save(sequence, state.bytes());
    if (written != state.size()) {
      throw new GenerationException(
          "a state of " + written + " bytes, must be " + state.size() + " bytes");
    }
  }

  private long save(int sequence, MemorySegment state) {
    long written =
        LibLlama.ls_state_get(context, sequence, state, state.byteSize(), error.segment());
    if (written == 0) {
      throw owner.failure();
    }
    return written;
  }

  /**
   * Replaces a sequence.
   *
   * @return empty, or why libllama refused the state; the content of the sequence is undefined then
   */
  public Optional<String> load(int sequence, SequenceState state) {
    return load(sequence, state.bytes());
  }

  /**
   * Replaces sequence 0.
   *
   * @param state in native memory
   * @return empty, or why libllama refused the state; the content of the cache is undefined then
   */
  public Optional<String> load(MemorySegment state) {
    return load(0, state);
  }

  private Optional<String> load(int sequence, MemorySegment state) {
    long read = LibLlama.ls_state_set(context, sequence, state, state.byteSize(), error.segment());
    if (read == 0 && error.fatal()) {
      throw owner.failure();
    }
    return read == state.byteSize() ? Optional.empty() : Optional.of(error.message());
  }
}
