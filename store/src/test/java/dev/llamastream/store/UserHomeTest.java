package dev.llamastream.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UserHomeTest {

  private static final Path OF_THE_JVM = Path.of(System.getProperty("user.home"));

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void theVariableCountsAsInTheShell() {
    assertThat(UserHome.of(Map.of("HOME", "/elsewhere"))).isEqualTo(Path.of("/elsewhere"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "relative", "\0"})
  void withoutAnAbsolutePathTheJvmsCounts(String value) {
    assertThat(UserHome.of(Map.of("HOME", value))).isEqualTo(OF_THE_JVM);
    assertThat(UserHome.of(Map.of())).isEqualTo(OF_THE_JVM);
  }
}
