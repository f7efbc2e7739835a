package dev.llamastream.internal.natives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.NativeLibraryException;
import dev.llamastream.spi.NativeBundle;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BundleChoiceTest {

  private final Logger logger = Logger.getLogger("dev.llamastream.native");
  private final List<String> logged = new ArrayList<>();
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord entry) {
          logged.add(entry.getLevel() + " " + entry.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void listen() {
    logger.setUseParentHandlers(false);
    logger.addHandler(handler);
  }

  @AfterEach
  void stopListening() {
    logger.removeHandler(handler);
    logger.setUseParentHandlers(true);
  }

  private record Jar(String variant, String version, String contentHash, String origin)
      implements NativeBundle {
    @Override
    public String platform() {
      return "linux-x86_64";
    }

    @Override
    public List<String> files() {
      return List.of();
    }

    @Override
    public InputStream open(String file) throws IOException {
      throw new IOException("never opened");
    }

    @Override
    public String toString() {
      return origin;
    }
  }

  private static final Jar CPU = new Jar("", "2", "c2", "file:/cpu-2.jar");
  private static final Jar OLD = new Jar("", "1", "c1", "file:/cpu-1.jar");
  private static final Jar CUDA = new Jar("cuda", "2", "n2", "file:/cuda-2.jar");
  private static final Jar VULKAN = new Jar("vulkan", "2", "v2", "file:/vulkan-2.jar");
  private static final Jar OTHER_GPU = new Jar("tpu", "2", "t2", "file:/tpu-2.jar");

  private static NativeBundle choose(NativeBundle... bundles) {
    return new BundleChoice("2").among(List.of(bundles)).orElseThrow();
  }

  private static void assertRefused(String message, NativeBundle... bundles) {
    for (List<NativeBundle> order : List.of(List.of(bundles), List.of(bundles).reversed())) {
      assertThatThrownBy(() -> new BundleChoice("2").among(order))
          .isInstanceOf(NativeLibraryException.class)
          .hasMessageStartingWith(message)
          .satisfies(
              e -> {
                for (NativeBundle bundle : bundles) {
                  assertThat(e.getMessage()).contains(": " + bundle);
                }
              });
    }
  }

  @Test
  void noneOfNone() {
    assertThat(new BundleChoice("2").among(List.of())).isEmpty();
  }

  @Test
  void theOrderOfTheClassPathDecidesNothing() {
    List<Jar> best = List.of(CUDA, VULKAN, OTHER_GPU, CPU);
    for (int i = 0; i < best.size(); i++) {
      List<NativeBundle> rest = List.copyOf(best.subList(i, best.size()));
      assertThat(new BundleChoice("2").among(rest)).contains(best.get(i));
      assertThat(new BundleChoice("2").among(rest.reversed())).contains(best.get(i));
    }
    assertThat(logged).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"2", "''"})
  void equalContentIsFine(String version) {
    Jar copy = new Jar("", version, CPU.contentHash(), "file:/copy.jar");
    assertThat(choose(CPU, copy)).isSameAs(CPU);
    assertThat(choose(copy, CPU)).isSameAs(copy);
    assertThat(logged).isEmpty();
  }

  /** A release that changed nothing of the libraries. */
  @Test
  void equalContentOfAnotherVersionIsFine() {
    Jar copy = new Jar("", "1", CPU.contentHash(), "file:/copy.jar");
    assertThat(choose(copy, CPU)).isSameAs(CPU);
    assertThat(logged).isEmpty();
  }

  @Test
  void thatOfTheLibrarysVersionIsUsedWithAWarning() {
    for (NativeBundle chosen : List.of(choose(OLD, CPU), choose(CPU, OLD))) {
      assertThat(chosen).isSameAs(CPU);
    }
    assertThat(logged).hasSize(2);
    assertThat(logged.getFirst())
        .startsWith("WARNING natives jars of several versions, of which 2 is used:")
        .contains("  1: file:/cpu-1.jar", "  2: file:/cpu-2.jar")
        .contains("Remove the others.", "mvn dependency:tree");
  }

  @Test
  void differentContentOfTheSameVersionIsRefused() {
    Jar rebuilt = new Jar("", "2", "c2 again", "file:/rebuilt.jar");
    assertRefused("several natives jars for linux-x86_64 have different content:", CPU, rebuilt);
    Jar unknown = new Jar("", "", "unknown", "file:/unknown.jar");
    assertRefused("several natives jars for linux-x86_64 have different content:", CPU, unknown);
  }

  @Test
  void anotherVersionIsRefused() {
    assertRefused("llamastream is of version 2, and its natives jar of another:", OLD);
    Jar newer = new Jar("", "3", "c3", "file:/cpu-3.jar");
    assertRefused("llamastream is of version 2, and its natives jar of another:", OLD, newer);
    assertThatThrownBy(() -> choose(OLD))
        .hasMessageContaining("  1: file:/cpu-1.jar")
        .hasMessageEndingWith(
            "Use dev.llamastream:llamastream-natives:%s:linux-x86_64.", LibraryVersion.CURRENT);
  }

  /** A user who adds a GPU's jar does not want the CPU's in its place. */
  @Test
  void anotherVersionOfAGpusIsRefusedWhateverElseThereIs() {
    Jar cuda = new Jar("cuda", "1", "n1", "file:/cuda-1.jar");
    assertThatThrownBy(() -> choose(CPU, cuda))
        .hasMessageContaining("file:/cuda-1.jar")
        .hasMessageEndingWith(":linux-x86_64-cuda.");
  }

  @Test
  void unknownVersionsFit() {
    Jar unknown = new Jar("", "", "unknown", "file:/unknown.jar");
    assertThat(choose(unknown)).isSameAs(unknown);
    assertThat(new BundleChoice("").among(List.of(OLD))).contains(OLD);
  }
}
