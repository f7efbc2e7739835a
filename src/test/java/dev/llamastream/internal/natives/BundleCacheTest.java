package dev.llamastream.internal.natives;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.fixture.ChildJvm;
import dev.llamastream.spi.NativeBundle;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BundleCacheTest {

  private static final String HASH = "0123456789abcdefABCDEF";
  private static final List<String> FILES = List.of("liba.so", "libb.so", "libc.so");

  @TempDir Path directory;

  /** A bundle whose files hold their own names. */
  private record Bundle(
      String platform, String contentHash, List<String> files, UnaryOperator<String> content)
      implements NativeBundle {

    static Bundle of(UnaryOperator<String> content) {
      return new Bundle("linux-x86_64", HASH, FILES, content);
    }

    @Override
    public InputStream open(String file) {
      return new ByteArrayInputStream(content.apply(file).getBytes(UTF_8));
    }
  }

  private static BundleCache cache(Path root) {
    return new BundleCache(new CacheFolder(root, CacheFolder.Kind.NAMED));
  }

  private Path root() {
    return directory.resolve("a").resolve("cache");
  }

  private static void assertWhole(Path extracted) throws IOException {
    try (Stream<Path> files = Files.list(extracted)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .filteredOn(file -> !file.equals(FileSums.NAME))
          .containsExactlyInAnyOrderElementsOf(FILES);
    }
    for (String file : FILES) {
      assertThat(extracted.resolve(file)).hasContent(file);
    }
  }

  private void assertNothingExtracted() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      assertThat(files.filter(Files::isRegularFile).map(file -> file.getFileName().toString()))
          .isSubsetOf(".lock");
    }
    try (Stream<Path> files = Files.list(root())) {
      assertThat(files).noneMatch(Files::isDirectory);
    }
  }

  @Test
  void extractsOnceAndNamesTheDirectoryByContent() throws Exception {
    AtomicInteger opened = new AtomicInteger();
    Bundle bundle =
        Bundle.of(
            file -> {
              opened.incrementAndGet();
              return file;
            });

    Path extracted = cache(root()).extract(bundle);

    assertThat(extracted).isEqualTo(root().resolve("linux-x86_64-0123456789abcdef"));
    assertWhole(extracted);
    assertThat(cache(root()).extract(bundle)).isEqualTo(extracted);
    assertThat(opened).hasValue(FILES.size());
  }

  @Test
  void otherContentOrPlatformGoesElsewhere() throws Exception {
    BundleCache cache = cache(root());
    String other = "fedcba9876543210";
    assertThat(
            List.of(
                cache.extract(new Bundle("linux-x86_64", HASH, FILES, file -> file)),
                cache.extract(new Bundle("linux-x86_64", other, FILES, file -> file)),
                cache.extract(new Bundle("linux-aarch64", HASH, FILES, file -> file))))
        .doesNotHaveDuplicates();
  }

  @Test
  void threadsAtOnceExtractOnce() throws Exception {
    AtomicInteger opened = new AtomicInteger();
    CyclicBarrier start = new CyclicBarrier(8);
    Callable<Path> extract =
        () -> {
          start.await();
          return cache(root())
              .extract(
                  Bundle.of(
                      file -> {
                        opened.incrementAndGet();
                        return file;
                      }));
        };
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      for (Future<Path> extracted :
          threads.invokeAll(Stream.generate(() -> extract).limit(8).toList())) {
        assertWhole(extracted.get());
      }
    }
    assertThat(opened).hasValue(FILES.size());
  }

  /**
   * Arguments: the root, a log of the files opened, whether to die half way, how many there are.
   */
  static final class Extract {
    static void main(String[] arguments) throws IOException {
      Path log = Path.of(arguments[1]);
      Bundle bundle =
          Bundle.of(
              file -> {
                append(log, file + "\n");
                if (arguments[2].equals("die") && !file.equals(FILES.getFirst())) {
                  Runtime.getRuntime().halt(3);
                }
                return file;
              });
      // all at once, unless one of them did not even start
      append(log, "ready\n");
      long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
      while (Files.readString(log).lines().filter("ready"::equals).count()
              < Long.parseLong(arguments[3])
          && System.nanoTime() < deadline) {
        Thread.onSpinWait();
      }
      System.out.print(cache(Path.of(arguments[0])).extract(bundle));
    }

    private static void append(Path log, String line) {
      try {
        Files.writeString(log, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private Process start(Path log, String how, int processes) throws IOException {
    return ChildJvm.start(
        Extract.class,
        ChildJvm.classes(NativeLibrary.class),
        List.of(),
        List.of(),
        root().toString(),
        log.toString(),
        how,
        Integer.toString(processes));
  }

  @Test
  void processesAtOnceExtractOnce() throws Exception {
    Path log = directory.resolve("log");
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      processes.add(start(log, "live", 3));
    }
    for (Process process : processes) {
      ChildJvm child = ChildJvm.ended(process);
      assertThat(child.exitCode()).as(child.output()).isZero();
      assertWhole(Path.of(child.output()));
    }
    assertThat(Files.readAllLines(log)).filteredOn(line -> !line.equals("ready")).isEqualTo(FILES);
  }

  @Test
  void whatADeadProcessLeftIsNotTakenForWhole() throws Exception {
    Path log = directory.resolve("log");
    assertThat(ChildJvm.ended(start(log, "die", 1)).exitCode()).isEqualTo(3);
    assertThat(Files.readAllLines(log)).containsExactly("ready", "liba.so", "libb.so");
    assertThat(root().resolve("linux-x86_64-0123456789abcdef")).doesNotExist();

    assertWhole(cache(root()).extract(Bundle.of(file -> file)));
  }

  @Test
  void failedExtractionLeavesNothing() throws Exception {
    BundleCache cache = cache(root());
    Bundle broken =
        Bundle.of(
            file -> {
              if (file.equals("libb.so")) {
                throw new UncheckedIOException(new IOException("broken"));
              }
              return file;
            });
    assertThatThrownBy(() -> cache.extract(broken)).hasMessageContaining("broken");
    assertNothingExtracted();

    assertWhole(cache.extract(Bundle.of(file -> file)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../evil",
        "../../evil",
        "sub/evil",
        "sub/../evil",
        "/evil",
        "..",
        ".",
        "",
        "./evil"
      })
  void nameThatIsNotPlainIsRefused(String name) throws Exception {
    BundleCache cache = cache(root());
    Bundle bundle = new Bundle("linux-x86_64", HASH, List.of("good", name), file -> file);
    assertThatThrownBy(() -> cache.extract(bundle))
        .isInstanceOf(IOException.class)
        .hasMessage("file: " + name + ", must be a plain name");
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void nameThatNoFileCanHaveIsRefused() throws Exception {
    nameThatIsNotPlainIsRefused("a\0b");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0123456789abcde",
        "0123456789abcdeg",
        "../../../../../evil",
        "0123456789abcdef\n"
      })
  void hashThatIsNoneIsRefused(String hash) {
    BundleCache cache = cache(root());
    Bundle bundle = new Bundle("linux-x86_64", hash, FILES, file -> file);
    assertThatThrownBy(() -> cache.extract(bundle))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(hash)
        .hasMessageContaining("must be 16 or more hexadecimal digits");
    assertThat(root()).doesNotExist();
  }

  @Test
  void rootThatIsAFileIsAnError() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "");
    assertThatThrownBy(() -> cache(file).extract(Bundle.of(name -> name)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file.toString());
  }
}
