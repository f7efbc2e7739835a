package dev.llamastream.internal.natives;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

class MissingNativesTest {

  @ParameterizedTest
  @FieldSource("dev.llamastream.internal.natives.Platform#PUBLISHED")
  void whereTheyArePublishedTheDependencyIsGiven(String platform) {
    String version = LibraryVersion.CURRENT;
    assertThat(MissingNatives.advice(platform))
        .contains("dev.llamastream:llamastream-all:" + version)
        .contains(
            "<groupId>dev.llamastream</groupId>",
            "<artifactId>llamastream-natives</artifactId>",
            "<version>" + version + "</version>",
            "<classifier>" + platform + "</classifier>",
            "runtimeOnly(\"dev.llamastream:llamastream-natives:" + version + ":" + platform + "\")")
        .doesNotContain("cmake");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "freebsd-x86_64",
        "linux-riscv64",
        "linux-s390x",
        "linux-ppc64le",
        "linux-aarch64-bionic",
        "linux-x86_64-musl",
        "macos-x86_64",
        "windows-aarch64",
        "-"
      })
  void elsewhereThereIsAListAndAWayToBuildThem(String platform) {
    assertThat(MissingNatives.advice(platform))
        .startsWith(
            "They are published for linux-x86_64, linux-aarch64, macos-aarch64, windows-x86_64.")
        .endsWith(
            "cmake -DOUTPUT_DIR=<folder> -P native/build.cmake, in llamastream's source; then java"
                + " -Dllamastream.library.path=<folder>/"
                + platform
                + ".")
        .doesNotContain("<dependency>");
  }

  @ParameterizedTest
  @ValueSource(strings = {"linux-x86", "windows-x86", "linux-arm"})
  void aJvmOf32BitsIsNotEnough(String platform) {
    assertThat(MissingNatives.advice(platform))
        .endsWith("llamastream needs a 64-bit JVM.")
        .doesNotContain("cmake");
  }

  @Test
  void muslIsToldApart() {
    assertThat(MissingNatives.advice("linux-x86_64-musl")).contains("musl", "glibc", "Debian");
    assertThat(MissingNatives.advice("linux-riscv64")).doesNotContain("musl");
  }

  @Test
  void windowsOnArmRunsAnotherJvm() {
    assertThat(MissingNatives.advice("windows-aarch64"))
        .contains("A JVM for x86_64 runs on this system too");
  }

  @Test
  void rosettaIsSeenWhereItIs() {
    Path runtime = Path.of("/Library/Apple/usr/libexec/oah/libRosettaRuntime");
    assertThat(Emulation.note("macos-x86_64", Map.of(), runtime::equals))
        .hasValueSatisfying(note -> assertThat(note).contains("Rosetta", "aarch64"));
    assertThat(Emulation.note("macos-x86_64", Map.of(), file -> false)).isEmpty();
    assertThat(Emulation.note("macos-aarch64", Map.of(), runtime::equals)).isEmpty();
  }

  @Test
  void emulationOfWindowsIsSeenWhereItIs() {
    String arm = "ARMv8 (64-bit) Family 8 Model 1 Revision 201, Qualcomm Technologies Inc";
    String intel = "Intel64 Family 6 Model 154 Stepping 3, GenuineIntel";
    assertThat(Emulation.note("windows-x86_64", Map.of("PROCESSOR_IDENTIFIER", arm), f -> true))
        .hasValueSatisfying(note -> assertThat(note).contains("ARM", "slow"));
    assertThat(Emulation.note("windows-x86_64", Map.of("PROCESSOR_IDENTIFIER", intel), f -> true))
        .isEmpty();
    assertThat(Emulation.note("windows-x86_64", Map.of(), f -> true)).isEmpty();
    assertThat(Emulation.note("windows-aarch64", Map.of("PROCESSOR_IDENTIFIER", arm), f -> true))
        .isEmpty();
  }
}
