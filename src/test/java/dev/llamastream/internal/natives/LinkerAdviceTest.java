package dev.llamastream.internal.natives;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages as linkers write them. */
class LinkerAdviceTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/c/libggml.so: /lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.28' not found (required by /c/libggml.so) | This system's glibc is too old, it must have GLIBC_2.28",
        "/c/libggml.so: /lib64/libstdc++.so.6: version `GLIBCXX_3.4.32' not found (required by /c/libggml.so) | This system's C++ runtime is too old, it must have GLIBCXX_3.4.32",
        "/c/libggml.so: libgomp.so.1: cannot open shared object file: No such file or directory | This system lacks libgomp.so.1,",
        "/c/libggml.so: libstdc++.so.6: cannot open shared object file: No such file or directory | This system lacks libstdc++.so.6,",
        "Error loading shared library libgcc_s.so.1: No such file or directory (needed by /c/libggml.so) | This system lacks libgcc_s.so.1,",
        "Error loading shared library ld-linux-x86-64.so.2: No such file or directory (needed by /c/libggml.so) | The libraries need another C library than that of linux-x86_64.",
        "/c/libggml.so: libc.musl-x86_64.so.1: cannot open shared object file: No such file or directory | The libraries need another C library",
        "Error relocating /c/libggml.so: __memcpy_chk: symbol not found | The libraries need another C library",
        "/c/libggml.so: failed to map segment from shared object: Operation not permitted | The system lets no code run from that folder: is it mounted with noexec?",
        "/c/libggml.so: failed to map segment from shared object | The system lets no code run from that folder",
        "/c/libggml.so: cannot open shared object file: Permission denied | The system lets no code run from that folder",
        "/c/libggml.so: invalid ELF header (Possible cause: endianness mismatch) | The file is damaged, or for another platform than linux-x86_64.",
        "/c/libggml.so: file too short | The file is damaged",
        "/c/libggml.so: wrong ELF class: ELFCLASS32 (Possible cause: architecture word width mismatch) | The file is damaged",
        "/c/libggml.so: cannot open shared object file: No such file or directory (Possible cause: can't load AARCH64 .so on a AMD 64 platform) | The file is damaged, or for another platform",
        "/c/libggml.so: undefined symbol: ggml_abort | The folder's libraries are of different builds",
        "dlopen(/c/libggml.dylib, 0x0001): tried: '/c/libggml.dylib' (mach-o file, but is an incompatible architecture (have 'arm64', need 'x86_64')) | The file is damaged, or for another platform",
        "dlopen(/c/libggml.dylib, 0x0001): tried: '/c/libggml.dylib' (code signature in <1> not valid for use in process: library load disallowed by system policy) | The system's policy",
        "dlopen(/c/libggml.dylib, 0x0001): Library not loaded: @rpath/libggml-base.dylib | This system lacks @rpath/libggml-base.dylib",
        "Windows error 126 | A DLL that the file needs is missing",
        "C:\\c\\ggml.dll: Can't find dependent libraries | A DLL that the file needs is missing",
        "Windows error 193 | The file is damaged, or for another platform",
        "C:\\c\\ggml.dll: Can't load AMD 64-bit .dll on a ARM 64-bit platform | The file is damaged, or for another platform",
        "Windows error 127 | The folder's libraries are of different builds",
        "Windows error 5 | The system lets no code run",
        "Windows error 1260 | The system's policy",
        "Windows error 1455 | The system has too little memory left.",
        "/c/libggml.so: cannot allocate memory | The system has too little memory left.",
      })
  void knownReasonHasANextStep(String message, String advice) {
    assertThat(LinkerAdvice.of(message, "linux-x86_64"))
        .hasValueSatisfying(text -> assertThat(text).startsWith(advice));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "no idea",
        "Windows error 1934",
        "Windows error 50",
        "/c/libggml.so: cannot open shared object file: No such file or directory",
        "/c/libggml.so: cannot allocate memory in static TLS block",
      })
  void unknownReasonHasNone(String message) {
    assertThat(LinkerAdvice.of(message, "linux-x86_64")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"GLIBC_2.28", "GLIBCXX_3.4.32"})
  void whatIsTooOldForTheLibrariesMayBuildThem(String version) {
    assertThat(LinkerAdvice.of("version `" + version + "' not found", "linux-aarch64"))
        .hasValueSatisfying(
            text -> assertThat(text).contains("native/build.cmake", "<folder>/linux-aarch64"));
  }
}
