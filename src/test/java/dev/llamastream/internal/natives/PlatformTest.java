package dev.llamastream.internal.natives;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlatformTest {

  @ParameterizedTest
  @CsvSource({
    "Linux, amd64, linux-x86_64",
    "Linux, aarch64, linux-aarch64",
    "Linux, riscv64, linux-riscv64",
    "Mac OS X, x86_64, macos-x86_64",
    "Mac OS X, aarch64, macos-aarch64",
    "Windows 11, amd64, windows-x86_64",
    "Windows Server 2022, ARM64, windows-aarch64",
  })
  void namesAreThoseOfTheBuild(String osName, String osArch, String platform) {
    assertThat(Platform.of(osName, osArch)).isEqualTo(platform);
  }

  /** In Turkish, I is not the capital of i. */
  @Test
  void namesDoNotDependOnTheLanguage() {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.of("tr"));
    try {
      assertThat(Platform.of("WINDOWS", "ARM64")).isEqualTo("windows-aarch64");
    } finally {
      Locale.setDefault(before);
    }
  }
}
