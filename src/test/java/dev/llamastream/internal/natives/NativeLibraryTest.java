package dev.llamastream.internal.natives;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamastream.NativeInfo;
import dev.llamastream.NativeLibraryException;
import dev.llamastream.fixture.ChildJvm;
import dev.llamastream.internal.bindings.LibLlama;
import dev.llamastream.internal.ffm.Devices;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each failure in a JVM of its own: what is loaded stays loaded. */
class NativeLibraryTest {

  private static final String[] FLAGS = {
    "--enable-native-access=ALL-UNNAMED",
    "--enable-native-access=dev.llamastream",
    "-Dllamastream.library.path=<directory>",
    "-Dllamastream.cache.dir=<directory>"
  };

  @TempDir Path directory;

  /** Tries twice: a failure must not leave half a library behind that fails in another way. */
  static final class Load {
    static void main() {
      for (int i = 0; i < 2; i++) {
        try {
          System.out.println(String.format(Locale.ROOT, "<<loaded %s>>", NativeInfo.load()));
        } catch (NativeLibraryException e) {
          System.out.println(String.format(Locale.ROOT, "<<refused %s>>", e.getMessage()));
        }
      }
    }
  }

  @Test
  void loadsOnce() {
    NativeLibrary library = NativeLibrary.load();
    assertThat(NativeLibrary.load()).isSameAs(library);
    assertThat(library.directory()).isAbsolute().isDirectory();
    assertThat(NativeInfo.load())
        .isEqualTo(
            new NativeInfo(NativeLibrary.LLAMA_VERSION, library.directory(), Devices.names()));
    assertThat(NativeInfo.load().devices()).contains("CPU");
  }

  @Test
  void versionIsTheOneThatIsBuilt() throws Exception {
    assertThat(Files.readAllLines(Path.of("native", "llama.cpp.ref")))
        .contains("TAG=v" + NativeLibrary.LLAMA_VERSION);
  }

  @Test
  void loadsFromTheNamedDirectory() throws Exception {
    Path libraries = NativeLibrary.load().directory();
    assertThat(load(libraries))
        .startsWith(
            String.format(
                Locale.ROOT,
                "loaded NativeInfo[llamaVersion=%s, directory=%s, devices=[",
                NativeLibrary.LLAMA_VERSION,
                libraries));
  }

  @Test
  void emptyDirectory() throws Exception {
    assertThat(load(directory))
        .startsWith("refused no native libraries for " + Platform.current() + ".")
        .contains("-Dllamastream.library.path: no " + file("llamastream"))
        .contains(FLAGS);
  }

  @Test
  void missingDirectory() throws Exception {
    Path missing = directory.resolve("missing");
    assertThat(load(missing))
        .startsWith("refused no native libraries for " + Platform.current() + ".")
        .contains("-Dllamastream.library.path: no " + missing)
        .contains(FLAGS);
  }

  @Test
  void everyPlaceIsListed() throws Exception {
    Path classes = copyClasses();
    ChildJvm child = ChildJvm.ended(ChildJvm.start(Load.class, classes, List.of(), List.of()));
    assertThat(twice(child))
        .startsWith("refused no native libraries for " + Platform.current() + ".")
        .contains("natives jar: no resource " + ResourceNatives.list(Platform.current(), ""))
        .contains(
            "the build's output: no "
                + directory.resolve("target/native").resolve(Platform.current()))
        .contains(FLAGS);
  }

  @Test
  void fileThatIsNoLibrary() throws Exception {
    Files.writeString(file("llamastream"), "no library");
    assertThat(load(directory))
        .startsWith("refused " + file("llamastream") + " could not be loaded: ")
        .contains(FLAGS);
  }

  @Test
  void libraryThatWantsAnother() throws Exception {
    compile("ggml-base", "int absent(void); int present(void) { return absent(); }", "-Wl,-z,now");
    compile("llamastream", "int ls_abi_version(void) { return 1; }");
    assertThat(load(directory))
        .startsWith("refused " + file("ggml-base") + " could not be loaded: ")
        .contains("absent")
        .contains(FLAGS);
  }

  /** The linker's own words, and what they mean. */
  @Test
  void glibcThatIsTooOld() throws Exception {
    Path stub = Files.createDirectories(directory.resolve("stub"));
    Path map = Files.writeString(stub.resolve("map"), "GLIBC_9.99 { global: newest; };");
    Path code = Files.writeString(stub.resolve("libm.c"), "int newest(void) { return 0; }");
    Path libm = stub.resolve("libm.so.6");
    CCompiler.run(
        "-shared",
        "-fPIC",
        "-nostdlib",
        "-Wl,-soname,libm.so.6,--version-script=" + map,
        "-o",
        libm.toString(),
        code.toString());
    compile(
        "ggml-base",
        "int newest(void); int base(void) { return newest(); }",
        libm.toString(),
        "-Wl,-z,now");
    compile("llamastream", "int ls_abi_version(void) { return 1; }");
    assertThat(load(directory))
        .startsWith("refused " + file("ggml-base") + " could not be loaded: ")
        .contains("version `GLIBC_9.99' not found")
        .contains("This system's glibc is too old, it must have GLIBC_9.99")
        .contains("native/build.cmake", "<folder>/" + Platform.current())
        .contains(FLAGS);
  }

  /** A processor that none of the variants is for. */
  @Test
  void noBackendForTheProcessor() throws Exception {
    compile(
        "llama",
        String.format(
            Locale.ROOT,
            "const char * llama_version(void) { return \"%s\"; }",
            NativeLibrary.LLAMA_VERSION));
    String shim =
        """
        #include <stdio.h>
        #include <string.h>
        #include "llamastream.h"
        int32_t ls_abi_version(void) { return LS_ABI_VERSION; }
        void ls_log_set_level(int32_t level) { (void) level; }
        static int32_t waiting;
        int32_t * ls_log_waiting(void) { return &waiting; }
        int32_t ls_init(const char * directory, ls_error * error) {
            error->kind = LS_ERROR_REFUSED;
            snprintf(error->message, sizeof error->message, "no CPU backend in %s", directory);
            return -1;
        }
        """;
    Path llama = Path.of(System.getProperty("llamastream.llama.source", "target/native/llama.cpp"));
    compile(
        "llamastream",
        shim,
        "-Inative/shim",
        "-I" + llama.resolve("include"),
        "-I" + llama.resolve("ggml/include"));
    assertThat(load(directory))
        .startsWith("refused no CPU backend in " + directory)
        .endsWith("The folder has no ggml-cpu library: copy all libraries of a build into it.");

    Files.createFile(file("ggml-cpu-zen4"));
    Files.createFile(file("ggml-cpu-haswell"));
    assertThat(load(directory))
        .startsWith("refused no CPU backend in " + directory)
        .contains(
            file("ggml-cpu-haswell").getFileName() + ", " + file("ggml-cpu-zen4").getFileName())
        .contains("native/build.cmake");
  }

  @Test
  void otherVersionOfLlama() throws Exception {
    compileVersions("0.4.9", LibLlama.LS_ABI_VERSION());
    assertThat(load(directory)).isEqualTo(otherVersion("0.4.9", LibLlama.LS_ABI_VERSION()));
  }

  @Test
  void otherVersionOfTheShim() throws Exception {
    compileVersions(NativeLibrary.LLAMA_VERSION, 99);
    assertThat(load(directory)).isEqualTo(otherVersion(NativeLibrary.LLAMA_VERSION, 99));
  }

  private void compileVersions(String llama, int shim) throws Exception {
    compile(
        "llama",
        String.format(Locale.ROOT, "const char * llama_version(void) { return \"%s\"; }", llama));
    compile(
        "llamastream", String.format(Locale.ROOT, "int ls_abi_version(void) { return %d; }", shim));
  }

  private String otherVersion(String llama, int shim) {
    return String.format(
        Locale.ROOT,
        "refused the native libraries are of another version: llama.cpp %s with interface %d, must be %s with %d (in %s)%n"
            + "Use the natives jar of llamastream %s, or build the libraries from the source of that version.",
        llama,
        shim,
        NativeLibrary.LLAMA_VERSION,
        LibLlama.LS_ABI_VERSION(),
        directory,
        LibraryVersion.CURRENT);
  }

  /** As old as no version function, or something else of that name. */
  @Test
  void librariesWithoutAVersion() throws Exception {
    compile("llama", "int nothing_in_llama;");
    compile("llamastream", "int nothing_in_llamastream;");
    assertThat(load(directory)).startsWith("refused ").contains(directory.toString());
  }

  @Test
  void nativeAccessDenied() throws Exception {
    ChildJvm child =
        ChildJvm.run(
            Load.class,
            List.of(),
            List.of(
                "--illegal-native-access=deny",
                "-Dllamastream.library.path=" + NativeLibrary.load().directory()));
    assertThat(twice(child)).startsWith("refused ").contains("could not be loaded").contains(FLAGS);
  }

  private static String load(Path libraries) throws Exception {
    return twice(
        ChildJvm.run(
            Load.class,
            List.of(),
            List.of(
                "--enable-native-access=ALL-UNNAMED", "-Dllamastream.library.path=" + libraries)));
  }

  /** What both tries printed. */
  private static String twice(ChildJvm child) {
    assertThat(child.exitCode()).as(child.output()).isZero();
    // beside what the JVM itself prints
    List<String> tries =
        Pattern.compile("<<(.*?)>>", Pattern.DOTALL)
            .matcher(child.output())
            .results()
            .map(match -> match.group(1))
            .toList();
    assertThat(tries).hasSize(2);
    assertThat(tries.get(1)).isEqualTo(tries.get(0));
    return tries.get(0);
  }

  private Path file(String library) {
    return directory.resolve(System.mapLibraryName(library));
  }

  private void compile(String library, String code, String... options) throws Exception {
    Path source = Files.writeString(directory.resolve(library + ".c"), code);
    CCompiler.run(
        Stream.concat(
                Stream.of("-shared", "-fPIC", "-o", file(library).toString(), source.toString()),
                Stream.of(options))
            .toArray(String[]::new));
  }

  /** The library's classes in another target, without native libraries beside them. */
  private Path copyClasses() throws Exception {
    Path from = ChildJvm.classes(NativeLibrary.class);
    Path to = directory.resolve("target").resolve("classes");
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = to.resolve(from.relativize(file));
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
    return to;
  }
}
