package dev.llamastream.cli.chat;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryFileTest {

  @TempDir private Path home;

  private final Map<String, String> properties = new HashMap<>();

  @Test
  void liesWhereTheSystemKeepsState() {
    properties.put("user.home", home.toString());
    properties.put("os.name", "Linux");
    assertThat(HistoryFile.path(Map.of("XDG_STATE_HOME", "/state"), properties::get))
        .contains(Path.of("/state/llamastream/chat_history"));
    assertThat(HistoryFile.path(Map.of("XDG_STATE_HOME", "relative"), properties::get))
        .contains(home.resolve(".local/state/llamastream/chat_history"));
    properties.put("os.name", "Mac OS X");
    assertThat(HistoryFile.path(Map.of(), properties::get))
        .contains(home.resolve("Library/Application Support/llamastream/chat_history"));
    properties.put("user.home", "?");
    assertThat(HistoryFile.path(Map.of(), properties::get)).isEmpty();
  }

  @Test
  void isForItsOwnerOnly() throws Exception {
    Path file = home.resolve("a").resolve("b");
    HistoryFile.prepare(file);
    assertThat(permissions(file)).isEqualTo("rw-------");
    assertThat(permissions(file.getParent())).isEqualTo("rwx------");

    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
    HistoryFile.prepare(file);
    assertThat(permissions(file)).isEqualTo("rw-------");
  }

  private static String permissions(Path path) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
