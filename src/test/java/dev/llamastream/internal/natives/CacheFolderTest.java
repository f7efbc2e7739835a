package dev.llamastream.internal.natives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamastream.NativeLibraryException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CacheFolderTest {

  @TempDir private Path directory;
  private final Map<String, String> environment = new HashMap<>();
  private final Map<String, String> properties = new HashMap<>();
  private Path home;

  @BeforeEach
  void user() throws IOException {
    home = Files.createDirectory(directory.resolve("home"));
    properties.put("os.name", "Linux");
    properties.put("user.home", home.toString());
    properties.put("java.io.tmpdir", directory.toString());
  }

  private List<Path> paths() {
    return CacheFolder.all(environment, properties::get).stream().map(CacheFolder::path).toList();
  }

  @Test
  void linux() {
    assertThat(paths()).containsExactly(home.resolve(".cache/llamastream"), directory);
    environment.put("XDG_CACHE_HOME", "/xdg");
    assertThat(paths())
        .containsExactly(
            Path.of("/xdg/llamastream"), home.resolve(".cache/llamastream"), directory);
  }

  @Test
  void macOs() {
    properties.put("os.name", "Mac OS X");
    environment.put("XDG_CACHE_HOME", "/xdg");
    assertThat(paths()).containsExactly(home.resolve("Library/Caches/llamastream"), directory);
  }

  @Test
  void windows() {
    properties.put("os.name", "Windows 11");
    assertThat(paths()).containsExactly(home.resolve("AppData/Local/llamastream"), directory);
    environment.put("LOCALAPPDATA", directory.resolve("local").toString());
    assertThat(paths())
        .containsExactly(
            directory.resolve("local/llamastream"),
            home.resolve("AppData/Local/llamastream"),
            directory);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "cache", "./cache", "../cache", "a\0b"})
  void environmentThatIsNoAbsolutePathIsIgnored(String value) {
    environment.put("XDG_CACHE_HOME", value);
    environment.put("LOCALAPPDATA", value);
    assertThat(paths()).containsExactly(home.resolve(".cache/llamastream"), directory);
    properties.put("os.name", "Windows 11");
    assertThat(paths()).containsExactly(home.resolve("AppData/Local/llamastream"), directory);
  }

  /** As users without an entry in the password file have it, and those of OpenShift's. */
  @ParameterizedTest
  @ValueSource(strings = {"?", "/", "", "home", "/nonexistent/home"})
  void homeThatIsNoneIsIgnored(String value) {
    properties.put("user.home", value);
    for (String os : List.of("Linux", "Mac OS X", "Windows 11")) {
      properties.put("os.name", os);
      assertThat(paths()).as(os).containsExactly(directory);
    }
  }

  @Test
  void propertyIsTheOnlyOneAndMayBeRelative() {
    environment.put("XDG_CACHE_HOME", "/xdg");
    properties.put(CacheFolder.PROPERTY, "some/cache");
    assertThat(paths()).containsExactly(Path.of("some/cache").toAbsolutePath());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a\0b"})
  void propertyThatIsNoPathIsAnError(String value) {
    properties.put(CacheFolder.PROPERTY, value);
    assertThatThrownBy(this::paths)
        .isInstanceOf(NativeLibraryException.class)
        .hasMessage("llamastream.cache.dir: '" + value + "', must be a folder's path");
  }

  @Test
  void temporaryFolderIsTheUsersAlone() throws Exception {
    properties.remove("user.home");
    CacheFolder folder = CacheFolder.all(environment, properties::get).getLast();
    Path located = folder.locate();
    folder.create();

    assertThat(folder.locate()).isEqualTo(located);
    assertThat(located)
        .hasParent(directory)
        .hasFileName("llamastream-" + Files.getAttribute(home, "unix:uid"));
    assertThat(permissions(located)).isEqualTo("rwx------");
  }

  @Test
  void folderInTheHomeIsMadeForTheUserAlone() throws Exception {
    CacheFolder.all(environment, properties::get).getFirst().create();
    assertThat(permissions(home.resolve(".cache"))).isEqualTo("rwx------");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rwxrwx---", "rwxr-x-w-"})
  void temporaryFolderInWhichOthersMayWriteIsRefused(String permissions) throws Exception {
    Path folder = PrivateFolder.in(directory);
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(permissions));
    assertRefused(folder);
  }

  @Test
  void linkInPlaceOfTheTemporaryFolderIsRefused() throws Exception {
    Path folder = PrivateFolder.in(directory);
    Files.delete(folder);
    Files.createSymbolicLink(folder, home);
    assertRefused(folder);
  }

  @Test
  void fileInPlaceOfTheTemporaryFolderIsRefused() throws Exception {
    Path folder = PrivateFolder.in(directory);
    Files.delete(folder);
    Files.createFile(folder);
    assertRefused(folder);
  }

  @Test
  void folderOfAnotherUserIsRefused() throws Exception {
    Path folder = PrivateFolder.in(directory);
    int other = (Integer) Files.getAttribute(folder, "unix:uid") + 1;
    assertThatThrownBy(() -> PrivateFolder.requireOnly(other, folder))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("must be this user's");
  }

  private void assertRefused(Path folder) {
    assertThatThrownBy(() -> PrivateFolder.in(directory))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(folder + ": must be this user's");
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
