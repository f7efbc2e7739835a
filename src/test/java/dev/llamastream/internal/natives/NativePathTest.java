package dev.llamastream.internal.natives;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class NativePathTest {

  @Test
  void aNameIsItsBytes() {
    assertThat(NativePath.unescaped("/m/%C3%A9%E9%25%20%00.gguf"))
        .isEqualTo("/m/\u00c3\u00a9\u00e9% \0.gguf".getBytes(StandardCharsets.ISO_8859_1));
  }

  @Test
  void longNamesOfWindowsHaveAPrefix() {
    String name = "x".repeat(250);
    assertThat(NativePath.windows("C:\\short")).isEqualTo("C:\\short");
    assertThat(NativePath.windows("C:\\" + name)).isEqualTo("\\\\?\\C:\\" + name);
    assertThat(NativePath.windows("\\\\host\\share\\" + name))
        .isEqualTo("\\\\?\\UNC\\host\\share\\" + name);
    assertThat(NativePath.windows("\\\\?\\C:\\" + name)).isEqualTo("\\\\?\\C:\\" + name);
  }
}
