package dev.llamastream.internal.natives;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class LibraryVersionTest {

  /** A version that the build did not fill in would refuse every natives jar. */
  @Test
  void isThatOfTheBuild() throws Exception {
    String pom = Files.readString(Path.of("target/.flattened-pom.xml"), UTF_8);
    assertThat(pom).contains("<version>" + LibraryVersion.CURRENT + "</version>");
    assertThat(LibraryVersion.CURRENT).matches("\\d+\\.\\d+\\.\\d+(-\\w+)?");
  }
}
