package dev.llamastream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When the launcher makes the ahead-of-time cache, with a JVM that only pretends to. */
class LauncherCacheTest {

  @TempDir private Path directory;
  private Installation installation;
  private Path cache;

  @BeforeEach
  void install() throws IOException {
    installation = new Installation(directory);
    cache = installation.home.resolve("cli/target/llamastream.aot");
    jvm("echo classes > \"${argument#*=}\"");
    Files.createDirectories(installation.model.getParent());
    Files.createFile(installation.model);
  }

  @Test
  void comesWithTheFirstBuild() throws Exception {
    Cli first = installation.launch("run", "a");

    assertThat(first.status()).isZero();
    assertThat(first.err()).endsWith("Preparing quick starts: once, some 10 s\n");
    assertThat(first.out())
        .contains("-XX:AOTCache=" + cache + "\n")
        .endsWith("\nrun\na\n")
        .doesNotContain("a note");
    assertThat(cache).hasContent("classes");
    assertThat(installation.home.resolve("target/llamastream-cache.log"))
        .content()
        .contains("a note");

    assertThat(installation.launch("run", "a")).isEqualTo(new Cli(0, first.out(), ""));
    assertThat(rehearsals()).isEqualTo(1);
  }

  @Test
  void isMadeOnceWhenStartedTwice() throws Exception {
    installation.launch("--version");
    Files.delete(cache);

    Process other = installation.start("--version");
    Cli mine = installation.launch("--version");

    assertThat(mine.status()).isZero();
    assertThat(other.waitFor()).isZero();
    assertThat(rehearsals()).isEqualTo(2);
  }

  @Test
  void isRenewedWhenAJarChanges() throws Exception {
    installation.launch("--version");

    touch(installation.home.resolve("cli/target/llamastream-cli.jar"));
    assertIsRenewed();
    touch(installation.home.resolve("cli/target/lib/llamastream-1.jar"));
    assertIsRenewed();
    Files.createFile(installation.home.resolve("cli/target/lib/other-1.jar"));
    assertIsRenewed();
  }

  @Test
  void isRenewedForAnotherJdk() throws Exception {
    installation.launch("--version");

    Files.writeString(installation.jdk.resolve("release"), "JAVA_VERSION=\"25.0.2\"\n");
    assertIsRenewed();
  }

  @Test
  void isRenewedWhenItIsDamaged() throws Exception {
    installation.launch("--version");

    Files.writeString(cache, "damaged");
    touch(cache);
    assertIsRenewed();
    assertThat(cache).hasContent("classes");
  }

  @Test
  void thatCannotBeMadeIsDoneWithout() throws Exception {
    jvm("exit 1");
    Cli first = installation.launch("run", "a");

    assertThat(first.status()).isZero();
    assertThat(first.out()).endsWith("\nrun\na\n").doesNotContain("AOTCache");
    assertThat(installation.launch("run", "a")).isEqualTo(new Cli(0, first.out(), ""));
    assertThat(rehearsals()).isEqualTo(1);
  }

  @Test
  void thatCannotBeWrittenIsDoneWithout() throws Exception {
    installation.launch("--version");
    Files.delete(cache);
    Path lock = installation.home.resolve("target/llamastream-build.lock");
    Files.delete(lock);
    Files.createDirectory(lock);

    Cli start = installation.launch("run", "a");
    assertThat(start.status()).isZero();
    assertThat(start.err()).isEmpty();
    assertThat(start.out()).endsWith("\nrun\na\n").doesNotContain("AOTCache");
  }

  @Test
  void waitsForAModelToRehearseWith() throws Exception {
    Files.delete(installation.model);
    assertThat(installation.launch("--version").out()).doesNotContain("AOTCache");

    Files.createFile(installation.model);
    assertThat(installation.launch("--version").out()).contains("AOTCache");
  }

  @Test
  void comesAfterTheDefaultModelThatTheFirstCommandNeeds() throws Exception {
    Files.delete(installation.model);
    jvm("echo classes > \"${argument#*=}\"", "touch '" + installation.model + "'");

    assertThat(installation.launch("run", "a").out()).contains("AOTCache");
  }

  private void assertIsRenewed() throws Exception {
    int before = rehearsals();
    assertThat(installation.launch("--version").err())
        .isEqualTo("Preparing quick starts: once, some 10 s\n");
    assertThat(installation.launch("--version").err()).isEmpty();
    assertThat(rehearsals()).isEqualTo(before + 1);
  }

  /** Gives a file a later time, as a clock that was ahead would. */
  private static void touch(Path file) throws IOException {
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(60)));
  }

  private int rehearsals() throws IOException {
    List<String> lines = Files.readAllLines(installation.jdk.resolve("bin/rehearsals"));
    return lines.size();
  }

  private void jvm(String rehearsal) throws IOException {
    jvm(rehearsal, "exit 1");
  }

  private void jvm(String rehearsal, String pull) throws IOException {
    Installation.program(
        installation.jdk.resolve("bin/java"),
        """
        for argument; do
          case $argument in
            -XX:AOTCacheOutput=*)
              echo rehearsed >> "$(dirname "$0")/rehearsals"
              echo "a note of the JVM's"
              %s
              exit
              ;;
            pull)
              %s
              exit
              ;;
          esac
        done
        printf '%%s\\n' "$@"
        """
            .formatted(rehearsal, pull));
  }
}
