package dev.llamastream.internal.ffm;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** The keys and values of a sequence, in memory of their own. Any thread may use and free it. */
public final class SequenceState implements AutoCloseable {

  private final Arena arena;
  private final MemorySegment bytes;

  private SequenceState(Arena arena, MemorySegment bytes) {
    this.arena = arena;
    this.bytes = bytes;
  }

  /**
   * Room for a state of this size.
   *
   * @throws OutOfMemoryError if there is not so much memory
   */
  public static SequenceState allocate(long size) {
    return Owned.make(arena -> new SequenceState(arena, arena.allocate(size)));
  }

  /** The size in bytes. */
  public long size() {
    return bytes.byteSize();
  }

  /** The memory, until it is freed. */
  public MemorySegment bytes() {
    return bytes;
  }

  /** Frees the memory. */
  @Override
  public void close() {
    arena.close();
  }
}
