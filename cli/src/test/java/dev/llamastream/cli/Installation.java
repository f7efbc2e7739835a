package dev.llamastream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The launcher script in an installation of its own, with Maven and JDKs that only pretend. */
final class Installation {

  private static final String FAKE_BUILD =
      """
      echo "$JAVA_HOME $*" >> builds
      echo '[1/2] Building CXX object x.o'
      mkdir -p cli/target/lib "target/native/$PLATFORM"
      touch "target/native/$PLATFORM/libllamastream.so" cli/target/lib/llamastream-1.jar
      sleep 0.5
      touch cli/target/llamastream-cli.jar
      """;

  private final Path directory;
  final Path home;
  final Path tools;

  /** Where the default model would be in Hugging Face's cache. */
  final Path model;

  final Path jdk;

  Installation(Path directory) throws IOException {
    this.directory = directory;
    // a space, as many a path has
    home = Files.createDirectories(directory.resolve("the home")).toRealPath();
    tools = Files.createDirectories(directory.resolve("tools"));
    model =
        directory.resolve(
            "hub/models--QuantFactory--SmolLM2-135M-Instruct-GGUF/snapshots/commit/small.gguf");
    Files.copy(Path.of("..", "llamastream"), home.resolve("llamastream"));
    program(tools.resolve("mvn"), FAKE_BUILD);
    program(tools.resolve("cmake"), "");
    jdk = jdk("jdk-25", "25.0.1");
  }

  /** A JDK whose JVM prints its arguments. */
  Path jdk(String name, String version) throws IOException {
    Path root = Files.createDirectories(directory.resolve(name).resolve("bin")).getParent();
    Files.writeString(
        root.resolve("release"),
        String.format(Locale.ROOT, "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"%s\"\n", version));
    program(root.resolve("bin/java"), "printf '%s\\n' \"$@\"");
    program(root.resolve("bin/javac"), "");
    return root;
  }

  static void program(Path file, String script) throws IOException {
    Files.writeString(file, "#!/usr/bin/env bash\n" + script);
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  Cli launch(String... arguments) throws Exception {
    return call(builder(jdk, command(arguments)));
  }

  Process start(String... arguments) throws IOException {
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

  ProcessBuilder builder(Path javaHome, String... command) {
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.environment().put("JAVA_HOME", javaHome.toString());
    builder.environment().put("PLATFORM", platform());
    builder.environment().put("HF_HUB_CACHE", directory.resolve("hub").toString());
    builder.environment().merge("PATH", tools + ":", (path, first) -> first + path);
    return builder;
  }

  Cli call(ProcessBuilder builder) throws Exception {
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
