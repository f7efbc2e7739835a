package dev.llamastream.internal.ffm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.llamastream.GenerationException;
import dev.llamastream.internal.natives.NativeLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class OwnedTest {

  private static final MemorySegment OBJECT = MemorySegment.ofAddress(64);

  private final List<MemorySegment> freed = new ArrayList<>();
  private final List<Arena> arenas = new ArrayList<>();

  @BeforeAll
  static void load() {
    NativeLibrary.load();
  }

  @Test
  void aHandleThatCannotBeMadeLeavesNothing() {
    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                Owned.make(
                    arena -> {
                      arenas.add(arena);
                      Owned.object(OBJECT, arena, this::free);
                      throw new IllegalStateException("what came after");
                    }))
        .withMessage("what came after");
    assertThat(freed).extracting(MemorySegment::address).containsExactly(64L);
    assertThat(arenas.getFirst().scope().isAlive()).isFalse();
  }

  @Test
  void aHandleOwnsUntilItsArenaIsClosed() {
    Arena arena =
        Owned.make(
            own -> {
              Owned.object(OBJECT, own, this::free);
              return own;
            });
    assertThat(freed).isEmpty();
    arena.close();
    assertThat(freed).hasSize(1);
  }

  @Test
  void anObjectThatCannotBeFreedIsAFailure() {
    Arena arena =
        Owned.make(
            own -> {
              Owned.object(OBJECT, own, (object, error) -> -1);
              return own;
            });
    assertThatExceptionOfType(GenerationException.class).isThrownBy(arena::close);
  }

  private int free(MemorySegment object, MemorySegment error) {
    freed.add(object);
    return 0;
  }
}
