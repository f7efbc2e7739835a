package dev.llamastream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher script, with Maven and JDKs that only pretend. */
class LauncherTest {

  @TempDir private Path directory;
  private Installation installation;
  private Path home;
  private Path tools;
  private Path jdk;

  @BeforeEach
  void install() throws IOException {
    installation = new Installation(directory);
    home = installation.home;
    tools = installation.tools;
    jdk = installation.jdk;
  }

  @Test
  void buildsOnFirstUseOnly() throws Exception {
    Cli first = installation.launch("run", "a  b");

    assertThat(first.status()).isZero();
    assertThat(first.err())
        .matches("Building llamastream and llama\\.cpp: once, some \\d+ min\\. Log: .*\\R");
    assertThat(first.out())
        .contains(
            "-Dllamastream.library.path=" + home.resolve("target/native"),
            home.resolve("cli/target/llamastream-cli.jar") + "\n")
        .endsWith("\nrun\na  b\n");
    assertThat(home.resolve("target/llamastream-build.log")).content().contains("[1/2] Building");

    assertThat(installation.launch("run", "a  b")).isEqualTo(new Cli(0, first.out(), ""));
    assertThat(home.resolve("builds"))
        .hasContent(
            jdk + " -B -ntp -f reactor.xml -pl cli -am package -DskipTests -Dmaven.test.skip");
  }

  @Test
  void buildsOnceWhenStartedTwice() throws Exception {
    Process other = installation.start("--version");
    Cli mine = installation.launch("--version");

    assertThat(mine.status()).isZero();
    assertThat(other.waitFor()).isZero();
    assertThat(Files.readAllLines(home.resolve("builds"))).hasSize(1);
  }

  @Test
  void showsTheEndOfTheLogOfAFailedBuild() throws Exception {
    Installation.program(tools.resolve("mvn"), "echo a compiler is missing\nexit 1");

    Cli failed = installation.launch("--version");
    assertThat(failed.status()).isEqualTo(1);
    assertThat(failed.out()).isEmpty();
    assertThat(failed.err()).contains("\na compiler is missing\nerror: the build failed: ");
  }

  @Test
  void endsTheBuildWithItself() throws Exception {
    Installation.program(tools.resolve("mvn"), "echo $$ > pid\nsleep 600\ntouch survived");
    Process launcher = installation.start("--version");
    Path pid = home.resolve("pid");
    while (!Files.exists(pid) || Files.size(pid) == 0) {
      Thread.sleep(10);
    }
    ProcessHandle build =
        ProcessHandle.of(Long.parseLong(Files.readString(pid).strip())).orElseThrow();

    launcher.destroy();

    assertThat(launcher.waitFor()).isEqualTo(130);
    build.onExit().join();
    assertThat(home.resolve("survived")).doesNotExist();
  }

  @Test
  void passesTheExitStatusOn() throws Exception {
    Installation.program(jdk.resolve("bin/java"), "echo error >&2\nexit 42");
    installation.launch("--version");

    assertThat(installation.launch("--version")).isEqualTo(new Cli(42, "", "error\n"));
  }

  @Test
  void knowsItsHomeThroughLinks() throws Exception {
    Path bin = Files.createDirectories(directory.resolve("bin"));
    Files.createSymbolicLink(home.resolve("link"), Path.of("llamastream"));
    Path link = Files.createSymbolicLink(bin.resolve("ls"), Path.of("../the home/link"));

    Cli linked = installation.call(installation.builder(jdk, link.toString()));
    assertThat(linked.out())
        .contains("-Dllamastream.library.path=" + home.resolve("target/native"));
  }

  @Test
  void passesOverAnOldJdk() throws Exception {
    Path old = installation.jdk("jdk-17", "17.0.9");
    ProcessBuilder builder = installation.builder(old, home.resolve("llamastream").toString());
    builder.environment().merge("PATH", jdk.resolve("bin") + ":", (path, bin) -> bin + path);

    assertThat(installation.call(builder).status()).isZero();
    assertThat(home.resolve("builds")).content().startsWith(jdk + " ");
  }

  @Test
  void givesTheJvmALocaleWithUtf8() throws Exception {
    Installation.program(jdk.resolve("bin/java"), "echo \"$LC_ALL\"");
    installation.launch();
    for (Map.Entry<String, String> locale :
        Map.of("C", "C.UTF-8", "de_DE", "C.UTF-8", "de_DE.UTF-8", "de_DE.UTF-8").entrySet()) {
      ProcessBuilder builder = installation.builder(jdk, home.resolve("llamastream").toString());
      builder.environment().put("LC_ALL", locale.getKey());

      assertThat(installation.call(builder).out()).isEqualTo(locale.getValue() + "\n");
    }
  }
}
