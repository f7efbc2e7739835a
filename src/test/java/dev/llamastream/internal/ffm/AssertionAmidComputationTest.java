package dev.llamastream.internal.ffm;

import static dev.llamastream.internal.bindings.LibLlama.C_INT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.ContextParams;
import dev.llamastream.ModelParams;
import dev.llamastream.fixture.ByteVocabulary;
import dev.llamastream.fixture.ChildJvm;
import dev.llamastream.fixture.Prompts;
import dev.llamastream.fixture.TinyGpt2;
import dev.llamastream.internal.bindings.LibLlama;
import dev.llamastream.internal.bindings.llama_batch;
import dev.llamastream.internal.natives.NativeError;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * An assertion on the calling thread in the middle of a graph: a position that the model has not
 * learned. An error can come back only if no other thread waits for this one.
 */
@Timeout(120)
class AssertionAmidComputationTest {

  private static final int LEARNED = 256;

  @Test
  void comesBackIfOneThreadComputes() throws Exception {
    ChildJvm child = decodeUnlearned(1);
    assertThat(child.output()).contains("error: ", "GGML_ASSERT", "i01");
    assertThat(child.exitCode()).isZero();
  }

  @Test
  void endsTheProcessIfOthersWait() throws Exception {
    ChildJvm child = decodeUnlearned(2);
    assertThat(child.output()).contains("GGML_ASSERT", "i01").doesNotContain("error: ");
    assertThat(child.exitCode()).isNotZero();
  }

  private static ChildJvm decodeUnlearned(int threads) throws Exception {
    return ChildJvm.run(
        Program.class,
        List.of(),
        List.of("--enable-native-access=ALL-UNNAMED", ChildJvm.sameLibraries()),
        new TinyGpt2(LEARNED).path().toString(),
        Integer.toString(threads));
  }

  /** The child. */
  static final class Program {
    private Program() {}

    public static void main(String[] arguments) {
      int threads = Integer.parseInt(arguments[1]);
      try (Arena arena = Arena.ofConfined()) {
        ModelHandle model =
            ModelHandle.load(
                Path.of(arguments[0]),
                ModelParams.defaults(),
                new ModelFacts(Set.of(), false, Prompts.KEY, List.of()));
        ContextHandle context =
            ContextHandle.open(
                model,
                ContextParams.builder()
                    .contextSize(LEARNED)
                    .threads(threads)
                    .batchThreads(threads)
                    .build());
        NativeError error = new NativeError(arena);
        MemorySegment batch = llama_batch.allocate(arena);
        llama_batch.n_tokens(batch, 1);
        llama_batch.token(batch, arena.allocateFrom(C_INT, ByteVocabulary.BEGIN));
        llama_batch.pos(batch, arena.allocateFrom(C_INT, LEARNED));
        LibLlama.ls_decode(context.segment(), batch, error.segment());
        System.out.println("error: " + error.message());
        Runtime.getRuntime().halt(0); // to close it would be to wait for its threads
      }
    }
  }
}
