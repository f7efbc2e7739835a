package dev.llamastream;

import static dev.llamastream.TestStreams.greedy;
import static dev.llamastream.TestStreams.open;
import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.fixture.ByteVocabulary;
import dev.llamastream.fixture.ChildJvm;
import dev.llamastream.fixture.TinyModel;
import dev.llamastream.internal.ffm.ContextHandle;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A request whose echo has no room on the heap: in a JVM with a small one. */
class EchoFailureTest {

  private static final int LENGTH = 8_000;

  private static Path model() {
    return TinyModel.defaults().withPieces("x".repeat(4_096)).path();
  }

  @Test
  void leavesNothingBehind() throws Exception {
    Process process =
        ChildJvm.start(
            Main.class,
            ChildJvm.classes(Context.class),
            List.of(),
            List.of("-Xmx24m", "--enable-native-access=ALL-UNNAMED"),
            model().toString());
    assertThat(process.getInputStream().readAllBytes()).asString().contains("samplers: 1\n");
    assertThat(process.waitFor()).isZero();
  }

  /** The child. */
  static final class Main {
    private Main() {}

    public static void main(String[] arguments) throws Exception {
      try (Model model = Model.load(Path.of(arguments[0]));
          Context context = open(model, LENGTH)) {
        TokenStream open = context.generateStream(greedy("x").build());
        open.next();
        int[] prompt = new int[LENGTH];
        Arrays.fill(prompt, ByteVocabulary.FIRST_ADDED);
        try {
          context.generateStream(greedy(prompt).echo(true).build());
          throw new AssertionError("there was room");
        } catch (OutOfMemoryError e) {
          open.next(); // not superseded
          Field samplers = ContextHandle.class.getDeclaredField("samplers");
          samplers.setAccessible(true);
          System.out.println("samplers: " + ((List<?>) samplers.get(context.handle())).size());
        }
      }
    }
  }
}
