package dev.llamastream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher script in an installation of its own, with Maven and JDKs that only pretend. */
class LauncherTest {

  private static final String FAKE_BUILD =
      """
      echo "$JAVA_HOME $*" >> builds
      echo '[1/2] Building CXX object x.o'
      mkdir -p cli/target/lib "target/native/$PLATFORM"
      touch "target/native/$PLATFORM/libllamastream.so" cli/target/lib/llamastream-1.jar
      sleep 0.5
      touch cli/target/llamastream-cli.jar
      """;

  @TempDir private Path directory;
  private Path home;
  private Path tools;
  private Path jdk;

  @BeforeEach
  void install() throws IOException {
    // a space, as many a path has
    home = Files.createDirectories(directory.resolve("the home")).toRealPath();
    tools = Files.createDirectories(directory.resolve("tools"));
    Files.copy(Path.of("..", "llamastream"), home.resolve("llamastream"));
    program(tools.resolve("mvn"), FAKE_BUILD);
    program(tools.resolve("cmake"), "");
    jdk = jdk("jdk-25", "25.0.1");
  }

  @Test
  void buildsOnFirstUseOnly() throws Exception {
    Cli first = launch("run", "a  b");

    assertThat(first.status()).isZero();
    assertThat(first.err())
        .matches("Building llamastream and llama\\.cpp: once, some \\d+ min\\. Log: .*\\R");
    assertThat(first.out())
        .contains(
            "-Dllamastream.home=" + home + "\n",
            "-Dllamastream.library.path=" + home.resolve("target/native"),
            home.resolve("cli/target/llamastream-cli.jar") + "\n")
        .endsWith("\nrun\na  b\n");
    assertThat(home.resolve("target/llamastream-build.log")).content().contains("[1/2] Building");

    assertThat(launch("run", "a  b")).isEqualTo(new Cli(0, first.out(), ""));
    assertThat(home.resolve("builds"))
        .hasContent(
            jdk + " -B -ntp -f reactor.xml -pl cli -am package -DskipTests -Dmaven.test.skip");
  }

  @Test
  void buildsOnceWhenStartedTwice() throws Exception {
    Process other = start("--version");
    Cli mine = launch("--version");

    assertThat(mine.status()).isZero();
    assertThat(other.waitFor()).isZero();
    assertThat(Files.readAllLines(home.resolve("builds"))).hasSize(1);
  }

  @Test
  void showsTheEndOfTheLogOfAFailedBuild() throws Exception {
    program(tools.resolve("mvn"), "echo a compiler is missing\nexit 1");

    Cli failed = launch("--version");
    assertThat(failed.status()).isEqualTo(1);
    assertThat(failed.out()).isEmpty();
    assertThat(failed.err()).contains("\na compiler is missing\nerror: the build failed: ");
  }

  @Test
  void endsTheBuildWithItself() throws Exception {
    program(tools.resolve("mvn"), "echo $$ > pid\nsleep 600\ntouch survived");
    Process launcher = start("--version");
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
    program(jdk.resolve("bin/java"), "echo error >&2\nexit 42");
    launch("--version");

    assertThat(launch("--version")).isEqualTo(new Cli(42, "", "error\n"));
  }

  @Test
  void knowsItsHomeThroughLinks() throws Exception {
    Path bin = Files.createDirectories(directory.resolve("bin"));
    Files.createSymbolicLink(home.resolve("link"), Path.of("llamastream"));
    Path link = Files.createSymbolicLink(bin.resolve("ls"), Path.of("../the home/link"));

    Cli linked = call(builder(jdk, link.toString()));
    assertThat(linked.out()).contains("-Dllamastream.home=" + home + "\n");
  }

  @Test
  void passesOverAnOldJdk() throws Exception {
    Path old = jdk("jdk-17", "17.0.9");
    ProcessBuilder builder = builder(old, home.resolve("llamastream").toString());
    builder.environment().merge("PATH", jdk.resolve("bin") + ":", (path, bin) -> bin + path);

    assertThat(call(builder).status()).isZero();
    assertThat(home.resolve("builds")).content().startsWith(jdk + " ");
  }

  @Test
  void givesTheJvmALocaleWithUtf8() throws Exception {
    program(jdk.resolve("bin/java"), "echo \"$LC_ALL\"");
    launch();
    for (Map.Entry<String, String> locale :
        Map.of("C", "C.UTF-8", "de_DE", "C.UTF-8", "de_DE.UTF-8", "de_DE.UTF-8").entrySet()) {
      ProcessBuilder builder = builder(jdk, home.resolve("llamastream").toString());
      builder.environment().put("LC_ALL", locale.getKey());

      assertThat(call(builder).out()).isEqualTo(locale.getValue() + "\n");
    }
  }

  private Path jdk(String name, String version) throws IOException {
    Path root = Files.createDirectories(directory.resolve(name).resolve("bin")).getParent();
    Files.writeString(
        root.resolve("release"),
        String.format(Locale.ROOT, "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"%s\"\n", version));
    program(root.resolve("bin/java"), "printf '%s\\n' \"$@\"");
    program(root.resolve("bin/javac"), "");
    return root;
  }

  private static void program(Path file, String script) throws IOException {
    Files.writeString(file, "#!/usr/bin/env bash\n" + script);
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  private Cli launch(String... arguments) throws Exception {
    return call(builder(jdk, command(arguments)));
  }

  private Process start(String... arguments) throws IOException {
    return builder(jdk, command(arguments))
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve("output").toFile())
        .start();
  }

  private String[] command(String... arguments) {
    List<String> command = new ArrayList<>(List.of(home.resolve("llamastream").toString()));
    command.addAll(List.of(arguments));
    return command.toArray(String[]::new);
  }

  private ProcessBuilder builder(Path javaHome, String... command) {
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.environment().put("JAVA_HOME", javaHome.toString());
    builder.environment().put("PLATFORM", platform());
    builder.environment().merge("PATH", tools + ":", (path, first) -> first + path);
    return builder;
  }

  private Cli call(ProcessBuilder builder) throws Exception {
    Path err = directory.resolve("err");
    Process process = builder.redirectError(err.toFile()).start();
    String out = new String(process.getInputStream().readAllBytes(), UTF_8);
    return new Cli(process.waitFor(), out, Files.readString(err));
  }

  private static String platform() {
    String os = System.getProperty("os.name").startsWith("Mac") ? "macos" : "linux";
    String arch = System.getProperty("os.arch").replace("amd64", "x86_64");
    return os + "-" + arch;
  }
}
