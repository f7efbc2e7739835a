package dev.llamastream.internal.natives;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.NativeInfo;
import dev.llamastream.NativeLibraryException;
import dev.llamastream.fixture.ChildJvm;
import dev.llamastream.spi.NativeBundle;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** In JVMs of their own: class path and system properties differ. */
class LibraryLocationsTest {

  private static final String PLATFORM = Platform.current();

  @TempDir Path directory;

  static final class Find {
    static void main() {
      try {
        System.out.print("found " + LibraryLocations.find());
      } catch (NativeLibraryException e) {
        System.out.print("refused " + e.getMessage());
      }
    }
  }

  static final class Load {
    static void main() {
      System.out.print(NativeInfo.load());
    }
  }

  /** A provider that has something for this platform. */
  public static final class Provider implements NativeBundle {
    private boolean opened;

    @Override
    public String platform() {
      return PLATFORM;
    }

    @Override
    public String contentHash() {
      return "00112233445566778899";
    }

    @Override
    public List<String> files() {
      return List.of("provided");
    }

    @Override
    public InputStream open(String file) throws IOException {
      if (Boolean.getBoolean("broken")) {
        throw new IOException("broken jar");
      }
      if (Boolean.getBoolean("full") && !opened) {
        opened = true;
        return new FullDisk();
      }
      return new ByteArrayInputStream(file.getBytes(UTF_8));
    }
  }

  /** A copy from it stops half way, as one to a full disk. */
  private static final class FullDisk extends InputStream {
    private boolean full;

    @Override
    public int read() throws IOException {
      throw new IOException("nobody reads single bytes");
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (full) {
        throw new IOException("No space left on device");
      }
      full = true;
      return length;
    }
  }

  /** A provider for another platform. */
  public static final class ElsewhereProvider implements NativeBundle {
    @Override
    public String platform() {
      return "vms-vax";
    }

    @Override
    public String contentHash() {
      return "";
    }

    @Override
    public List<String> files() {
      return List.of();
    }

    @Override
    public InputStream open(String file) throws IOException {
      throw new IOException("never opened");
    }
  }

  @Test
  void propertyComesBeforeEverything() throws Exception {
    provide(Provider.class);
    Files.createFile(directory.resolve(System.mapLibraryName("llamastream")));
    assertThat(find("-Dllamastream.library.path=" + directory)).isEqualTo("found " + directory);
  }

  /** Whoever names a directory does not want another. */
  @Test
  void propertyThatNamesNothingIsAnErrorWhateverElseThereIs() throws Exception {
    provide(Provider.class);
    assertThat(find("-Dllamastream.library.path=" + directory))
        .startsWith("refused no native libraries for " + PLATFORM + ".")
        .contains("-Dllamastream.library.path: no " + directory)
        .doesNotContain("natives jar:", "natives jar for");
  }

  /** Not the working directory, whatever lies there. */
  @ParameterizedTest
  @ValueSource(strings = {"", " "})
  void emptyPropertyIsAnError(String value) throws Exception {
    assertThat(find("-Dllamastream.library.path=" + value))
        .isEqualTo("refused llamastream.library.path: '" + value + "', must be a directory's path");
  }

  @Test
  void bundleOfAProviderIsExtracted() throws Exception {
    provide(Provider.class);
    Path extracted = directory.resolve("cache").resolve(PLATFORM + "-0011223344556677");
    assertThat(find()).isEqualTo("found " + extracted);
    assertThat(extracted.resolve("provided")).hasContent("provided");
  }

  @Test
  void bundleOfAnotherPlatformIsPassedOver() throws Exception {
    provide(ElsewhereProvider.class, Provider.class);
    assertThat(find()).startsWith("found " + directory.resolve("cache"));
  }

  @Test
  void bundleThatCannotBeExtractedIsAnError() throws Exception {
    provide(Provider.class);
    assertThat(find("-Dbroken=true"))
        .isEqualTo(
            String.format(
                Locale.ROOT,
                "refused the native libraries of a natives jar could not be extracted:%n  %s: %s%n%s",
                directory.resolve("cache"),
                "broken jar",
                "-Dllamastream.cache.dir=<folder> names another folder."));
  }

  @Test
  void providerThatDoesNotExistIsAnError() throws Exception {
    Files.writeString(services(), "dev.llamastream.absent.Provider");
    assertThat(find()).startsWith("refused").contains("dev.llamastream.absent.Provider");
  }

  /** The whole way: a natives jar, the cache, the loader. */
  @Test
  void nativesJarIsLoaded() throws Exception {
    copyLibraries();
    assertLoads();
  }

  /** The linker maps what is not there, and the JVM ends with a bus error. */
  @Test
  void libraryThatWasCutShortInTheCacheIsExtractedAgain() throws Exception {
    copyLibraries();
    assertLoads();
    Path library = extracted().resolve(System.mapLibraryName("ggml-base"));
    long size = Files.size(library);
    for (long rest : new long[] {size - 1, size / 2, 4096, 0}) {
      try (FileChannel file = FileChannel.open(library, StandardOpenOption.WRITE)) {
        file.truncate(rest);
      }
      assertLoads();
      assertThat(library).hasSize(size);
    }
  }

  @Test
  void libraryThatIsMissingInTheCacheIsExtractedAgain() throws Exception {
    copyLibraries();
    assertLoads();
    Files.delete(extracted().resolve(System.mapLibraryName("ggml-base")));
    assertLoads();
  }

  @Test
  void libraryThatIsDamagedInTheJarIsAnError() throws Exception {
    Files.writeString(natives().resolveSibling("liba.so"), "damaged");
    Files.write(natives(), List.of("a".repeat(64), "0".repeat(64) + "  liba.so"));
    assertThat(find())
        .startsWith("refused the native libraries of a natives jar could not be extracted:")
        .contains("liba.so is damaged in its jar")
        .contains("-Dllamastream.cache.dir=");
  }

  /** As in a container whose user has no home. */
  @Test
  void userWithoutAHomeHasAFolderAmongTemporaryFiles() throws Exception {
    provide(Provider.class);
    ChildJvm child =
        ChildJvm.run(
            Find.class,
            List.of(directory.resolve("jar")),
            List.of("-Dos.name=Mac OS X", "-Duser.home=?", "-Djava.io.tmpdir=" + directory));
    assertThat(child.output())
        .startsWith("found " + directory.resolve("llamastream-"))
        .endsWith("-0011223344556677");
  }

  @Test
  void everyFolderThatWillNotDoIsNamed() throws Exception {
    provide(Provider.class);
    Path home = Files.createDirectories(directory.resolve("home"));
    Files.createFile(home.resolve("Library"));
    ChildJvm child =
        ChildJvm.run(
            Find.class,
            List.of(directory.resolve("jar")),
            List.of(
                "-Dos.name=Mac OS X",
                "-Duser.home=" + home,
                "-Djava.io.tmpdir=" + directory,
                "-Dbroken=true"));
    assertThat(child.output())
        .startsWith("refused the native libraries of a natives jar could not be extracted:")
        .contains(home.resolve("Library/Caches/llamastream") + ": ")
        .contains(directory + ": broken jar")
        .endsWith("-Dllamastream.cache.dir=<folder> names another folder.");
  }

  @Test
  void whatDoesNotFitIntoOneFolderGoesIntoTheNext() throws Exception {
    provide(Provider.class);
    Path home = Files.createDirectories(directory.resolve("home"));
    ChildJvm child =
        ChildJvm.run(
            Find.class,
            List.of(directory.resolve("jar")),
            List.of(
                "-Dos.name=Mac OS X",
                "-Duser.home=" + home,
                "-Djava.io.tmpdir=" + directory,
                "-Dfull=true"));
    assertThat(child.output())
        .startsWith("found " + directory.resolve("llamastream-"))
        .endsWith("-0011223344556677");
    Path extracted = Path.of(child.output().substring("found ".length()));
    assertThat(extracted.resolve("provided")).hasContent("provided");
    try (Stream<Path> left = Files.list(home.resolve("Library/Caches/llamastream"))) {
      assertThat(left.map(file -> file.getFileName().toString())).containsExactly(".lock");
    }
  }

  @Test
  void jarForAGpuComesBeforeThatForTheCpu() throws Exception {
    madeUp("", LibraryVersion.CURRENT, "cpu").write(directory.resolve("jar"));
    madeUp("cuda", LibraryVersion.CURRENT, "cuda").write(directory.resolve("jar"));
    assertThat(Path.of(find().substring("found ".length())).resolve("liba.so")).hasContent("cuda");
  }

  @Test
  void jarOfAnotherVersionIsAnError() throws Exception {
    Path jar = madeUp("", "0.0.1", "old").write(directory.resolve("jar"));
    assertThat(find())
        .isEqualTo(
            String.format(
                Locale.ROOT,
                "refused llamastream is of version %s, and its natives jar of another:%n  0.0.1: %s%nUse dev.llamastream:llamastream-natives:%s:%s.",
                LibraryVersion.CURRENT,
                jar.toUri().toURL(),
                LibraryVersion.CURRENT,
                PLATFORM));
  }

  @Test
  void jarsThatDifferAreAnErrorThatNamesBoth() throws Exception {
    Path one = madeUp("", LibraryVersion.CURRENT, "one").write(directory.resolve("jar"));
    Path other = madeUp("", LibraryVersion.CURRENT, "other").write(directory.resolve("b.jar"));
    assertThat(findWith(other))
        .startsWith("refused several natives jars for " + PLATFORM + " have different content:")
        .contains(": " + one.toUri().toURL(), ": " + other.toUri().toURL());
  }

  @Test
  void equalJarsAreFine() throws Exception {
    madeUp("", LibraryVersion.CURRENT, "one").write(directory.resolve("jar"));
    assertThat(
            findWith(
                madeUp("", LibraryVersion.CURRENT, "one").write(directory.resolve("copy.jar"))))
        .startsWith("found ");
  }

  /** A frequent mistake: the classifier of the machine that built it. */
  @Test
  void jarsForOtherPlatformsAreNamedWhereNoneFits() throws Exception {
    Path jar =
        new MadeUpNatives()
            .add("windows-x86_64", "cuda", "", Map.of("a.dll", "a"))
            .write(directory.resolve("win.jar"));
    ChildJvm child =
        ChildJvm.run(Find.class, List.of(jar), List.of("-Dos.name=FreeBSD", "-Dos.arch=riscv64"));
    assertThat(child.output())
        .startsWith("refused no native libraries for freebsd-riscv64.")
        .contains("They are published for ")
        .contains("for windows-x86_64 alone: " + jar.toUri().toURL());
  }

  @Test
  void thinJarSaysWhichDependencyToAdd() throws Exception {
    ChildJvm child =
        ChildJvm.run(Find.class, List.of(), List.of("-Dos.name=Mac OS X", "-Dos.arch=aarch64"));
    assertThat(child.output())
        .startsWith("refused no native libraries for macos-aarch64.")
        .contains(NativesDependency.declarations("macos-aarch64"))
        .contains("natives jar: no resource META-INF/llamastream/native/macos-aarch64/files.txt");
  }

  private static MadeUpNatives madeUp(String variant, String version, String content) {
    return new MadeUpNatives().add(PLATFORM, variant, version, Map.of("liba.so", content));
  }

  private String findWith(Path jar) throws Exception {
    ChildJvm child =
        ChildJvm.run(
            Find.class,
            List.of(directory.resolve("jar"), jar),
            List.of("-Dllamastream.cache.dir=" + directory.resolve("cache")));
    assertThat(child.exitCode()).as(child.output()).isZero();
    return child.output();
  }

  private Path extracted() {
    return directory.resolve("cache").resolve(PLATFORM + "-" + "a".repeat(16));
  }

  private void assertLoads() throws Exception {
    ChildJvm child = run(Load.class, "--enable-native-access=ALL-UNNAMED");
    assertThat(child.exitCode()).as(child.output()).isZero();
    assertThat(child.output())
        .startsWith(
            String.format(
                Locale.ROOT,
                "NativeInfo[llamaVersion=%s, directory=%s, devices=[",
                NativeLibrary.LLAMA_VERSION,
                extracted()));
  }

  private void copyLibraries() throws Exception {
    List<String> lines = new ArrayList<>(List.of("a".repeat(64)));
    try (Stream<Path> files = Files.list(NativeLibrary.load().directory())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, natives().resolveSibling(file.getFileName()));
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
        lines.add(HexFormat.of().formatHex(hash) + "  " + file.getFileName());
      }
    }
    Files.write(natives(), lines);
  }

  @Test
  void nativesJarThatLacksAFileIsAnError() throws Exception {
    Files.write(natives(), List.of("a".repeat(64), String.format(Locale.ROOT, "%064x  absent", 0)));
    assertThat(find()).startsWith("refused").contains("could not be extracted").contains("absent");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "no hash\n", "0123456789abcdef\nliba.so\n"})
  void nativesJarWithABrokenListIsAnError(String content) throws Exception {
    Files.writeString(natives(), content);
    assertThat(find()).startsWith("refused").containsAnyOf("could not be extracted", "is broken");
  }

  private Path natives() throws IOException {
    Path list = directory.resolve("jar").resolve(ResourceNatives.list(PLATFORM, ""));
    Files.createDirectories(list.getParent());
    return list;
  }

  private void provide(Class<?>... providers) throws IOException {
    Files.write(services(), Stream.of(providers).map(Class::getName).toList());
  }

  private Path services() throws IOException {
    return Files.createDirectories(directory.resolve("jar/META-INF/services"))
        .resolve(NativeBundle.class.getName());
  }

  private String find(String... options) throws Exception {
    ChildJvm child = run(Find.class, options);
    assertThat(child.exitCode()).as(child.output()).isZero();
    return child.output();
  }

  private ChildJvm run(Class<?> main, String... options) throws Exception {
    List<String> all = new ArrayList<>(List.of(options));
    all.add("-Dllamastream.cache.dir=" + directory.resolve("cache"));
    return ChildJvm.run(main, List.of(directory.resolve("jar")), all);
  }
}
