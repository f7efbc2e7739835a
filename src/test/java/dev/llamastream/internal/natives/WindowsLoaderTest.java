package dev.llamastream.internal.natives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a kernel32 of our own, which takes what Windows takes, and a reason in errno. */
class WindowsLoaderTest {

  private static final String KERNEL =
      """
      #include <dlfcn.h>
      #include <errno.h>
      #include <stdint.h>

      void * LoadLibraryExW(const uint16_t * path, void * reserved, uint32_t flags) {
          char utf8[4096];
          char * end = utf8;
          for (; *path != 0; path++) {
              if (*path < 0x80) {
                  *end++ = (char) *path;
              } else if (*path < 0x800) {
                  *end++ = (char) (0xc0 | *path >> 6);
                  *end++ = (char) (0x80 | (*path & 0x3f));
              } else {
                  *end++ = (char) (0xe0 | *path >> 12);
                  *end++ = (char) (0x80 | (*path >> 6 & 0x3f));
                  *end++ = (char) (0x80 | (*path & 0x3f));
              }
          }
          *end = 0;
          void * library = reserved == 0 && flags == 8 ? dlopen(utf8, RTLD_NOW) : 0;
          errno = 126;
          return library;
      }

      void * GetProcAddress(void * library, const char * name) { return dlsym(library, name); }
      """;

  @TempDir private Path directory;
  private WindowsLoader loader;

  @BeforeEach
  void kernel() throws Exception {
    Path kernel = compile("kernel32", KERNEL);
    loader = new WindowsLoader(SymbolLookup.libraryLookup(kernel, Arena.global()), "errno");
  }

  private Path compile(String name, String code) throws Exception {
    Path source = Files.writeString(directory.resolve(name + ".c"), code);
    Path library = directory.resolve(name + ".so");
    CCompiler.run("-shared", "-fPIC", "-o", library.toString(), source.toString());
    return library;
  }

  @Test
  void pathMayHaveAnyCharacters() throws Throwable {
    Path folder = Files.createDirectories(directory.resolve("C Users Łukasz Müller 日本"));
    Path library =
        Files.move(compile("seven", "int seven(void) { return 7; }"), folder.resolve("seven.so"));

    SymbolLookup functions = loader.load(library);

    assertThat(
            (int)
                Linker.nativeLinker()
                    .downcallHandle(
                        functions.findOrThrow("seven"), FunctionDescriptor.of(ValueLayout.JAVA_INT))
                    .invokeExact())
        .isEqualTo(7);
    assertThat(functions.find("eight")).isEmpty();
  }

  @Test
  void failureHasWindowsNumberForIt() {
    assertThatThrownBy(() -> loader.load(directory.resolve("absent.dll")))
        .isInstanceOf(UnsatisfiedLinkError.class)
        .hasMessage("Windows error 126");
  }
}
