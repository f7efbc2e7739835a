package dev.llamastream.internal.natives;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativePathTest {

  @Test
  void aNameIsItsBytes() {
    assertThat(NativePath.unescaped("/m/%C3%A9%E9%25%20%00.gguf"))
        .isEqualTo("/m/\u00c3\u00a9\u00e9% \0.gguf".getBytes(StandardCharsets.ISO_8859_1));
  }

  @Test
  void aFolderHasNoSlashAtItsEnd(@TempDir Path folder) {
    try (Arena arena = Arena.ofConfined()) {
      assertThat(NativePath.allocate(arena, folder).getString(0)).isEqualTo(folder.toString());
      Path root = folder.getRoot();
      assertThat(NativePath.allocate(arena, root).getString(0)).isEqualTo(root.toString());
    }
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
