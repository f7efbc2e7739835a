package dev.llamastream.internal.natives;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlatformTest {

  private static final Path NO_PROGRAM = Path.of("no", "such", "program");

  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource({
    "Linux, amd64, linux-x86_64",
    "Linux, aarch64, linux-aarch64",
    "Linux, riscv64, linux-riscv64",
    "Linux, s390x, linux-s390x",
    "Linux, i686, linux-x86",
    "Linux, arm, linux-arm",
    "Mac OS X, x86_64, macos-x86_64",
    "Mac OS X, aarch64, macos-aarch64",
    "Windows 11, amd64, windows-x86_64",
    "Windows Server 2022, ARM64, windows-aarch64",
    "FreeBSD, amd64, freebsd-x86_64",
    "SunOS, sparcv9, sunos-sparcv9",
    "z/OS, s390x, zos-s390x",
    "../., .., -",
    "'', '', -",
  })
  void namesSaySystemAndProcessor(String osName, String osArch, String platform) {
    assertThat(Platform.of(osName, osArch, NO_PROGRAM)).isEqualTo(platform);
  }

  /** In Turkish, I is not the capital of i. */
  @Test
  void namesDoNotDependOnTheLanguage() {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.of("tr"));
    try {
      assertThat(Platform.of("WINDOWS", "ARM64", NO_PROGRAM)).isEqualTo("windows-aarch64");
    } finally {
      Locale.setDefault(before);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/lib64/ld-linux-x86-64.so.2, linux-x86_64",
    "/nix/store/5dz-glibc-musl-2.40/lib/ld-linux-x86-64.so.2, linux-x86_64",
    "/lib/ld-musl-x86_64.so.1, linux-x86_64-musl",
    "ld-musl-x86_64.so.1, linux-x86_64-musl",
    "/system/bin/linker64, linux-x86_64-bionic",
  })
  void theProgramsLinkerTellsTheCLibrary(String linker, String platform) throws Exception {
    Path program = compile(linker);
    assertThat(Platform.of("Linux", "amd64", program)).isEqualTo(platform);
    assertThat(Platform.of("FreeBSD", "amd64", program)).isEqualTo("freebsd-x86_64");
  }

  @Test
  void programThatCannotBeReadHasTheUsualCLibrary() throws Exception {
    assertThat(Platform.of("Linux", "amd64", directory)).isEqualTo("linux-x86_64");
    Path program = compile("/lib/ld-musl-x86_64.so.1");
    byte[] bytes = Files.readAllBytes(program);
    for (int length : new int[] {0, 3, 63, 64, 100}) {
      Files.write(program, Arrays.copyOf(bytes, length));
      assertThat(Platform.of("Linux", "amd64", program)).isEqualTo("linux-x86_64");
    }
  }

  @Test
  void thisJvmRunsOnAKnownPlatform() {
    assertThat(Platform.current()).matches("(linux|macos|windows)-(x86_64|aarch64)(-musl)?");
  }

  private Path compile(String linker) throws Exception {
    Path source = Files.writeString(directory.resolve("main.c"), "int main(void) { return 0; }");
    Path program = directory.resolve("program");
    CCompiler.run("-o", program.toString(), source.toString(), "-Wl,--dynamic-linker=" + linker);
    return program;
  }
}
