package dev.llamastream.internal.ffm;

import dev.llamastream.internal.natives.NativeError;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Function;
import java.util.function.ToIntBiFunction;

/**
 * The resources of a handle: memory and a native object. Both belong to the handle's arena. Closing
 * the arena frees them, and a handle that cannot be created leaks nothing.
 */
final class Owned {

  private Owned() {}

  /** Creates a handle with its own arena. If anything is thrown, the arena is closed. */
  @SuppressWarnings("MustBeClosedChecker") // the handle closes it
  static <T> T make(Function<Arena, T> handle) {
    Arena arena = Arena.ofShared();
    boolean owned = false;
    try {
      T made = handle.apply(arena);
      owned = true;
      return made;
    } finally {
      if (!owned) {
        arena.close();
      }
    }
  }

  /**
   * A native object that the arena frees.
   *
   * @param free takes the object and an {@code ls_error}; returns 0 if it freed the object
   */
  static MemorySegment object(
      MemorySegment object, Arena arena, ToIntBiFunction<MemorySegment, MemorySegment> free) {
    return object.reinterpret(arena, freed -> free(freed, free));
  }

  private static void free(
      MemorySegment object, ToIntBiFunction<MemorySegment, MemorySegment> free) {
    try (Arena arena = Arena.ofConfined()) {
      NativeError error = new NativeError(arena);
      if (free.applyAsInt(object, error.segment()) != 0) {
        throw error.generationFailure();
      }
    }
  }
}
