package dev.llamastream.server;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A client in another language, which is installed below {@code target/clients}. */
abstract sealed class Client {

  private static final boolean WINDOWS = File.separatorChar == '\\';

  final Path source;
  private final Path home;
  private final String pins;

  /**
   * Creates a client.
   *
   * @param pins the file that says which packages it needs, to the byte
   */
  private Client(Path source, String pins) {
    this.source = source;
    this.pins = pins;
    home = Path.of("target", "clients", source.getFileName().toString()).toAbsolutePath();
  }

  /** The client of a folder. Its files say what it is written in. */
  static Client of(Path folder) {
    return Files.exists(folder.resolve("package.json")) ? new Node(folder) : new Python(folder);
  }

  /** Whether what it is written in is on this machine. */
  abstract boolean canRun() throws IOException, InterruptedException;

  /** Installs its packages, as they are pinned, into its home. */
  abstract void installPackages(Path home) throws IOException, InterruptedException;

  /** The command that runs a script. */
  abstract List<String> command(Path home, String script);

  /** What it is, as a table names it: its packages with their versions, and the language. */
  abstract String title() throws IOException;

  /** Copies its files, and installs its packages unless they are there. */
  void install() throws IOException, InterruptedException {
    Files.createDirectories(home);
    try (Stream<Path> files = Files.list(source)) {
      for (Path file : files.toList()) {
        Files.copy(file, home.resolve(file.getFileName()), REPLACE_EXISTING);
      }
    }
    once(home, source.resolve(pins), () -> installPackages(home));
  }

  /** What fills a folder. */
  private interface Installation {
    void run() throws IOException, InterruptedException;
  }

  /** Fills a folder, unless it was filled with the same pins before. */
  private static void once(Path home, Path pins, Installation installation)
      throws IOException, InterruptedException {
    Path installed = home.resolve("installed"); // what was pinned then
    String pinned = Files.readString(pins);
    if (!Files.exists(installed) || !Files.readString(installed).equals(pinned)) {
      installation.run();
      Files.writeString(installed, pinned);
    }
  }

  /** Runs a script to a good end. Returns what it said. */
  List<String> run(String script, Map<String, String> environment)
      throws IOException, InterruptedException {
    return succeed(home, environment, command(home, script));
  }

  private static List<String> succeed(
      Path folder, Map<String, String> environment, List<String> command)
      throws IOException, InterruptedException {
    Path output = Files.createTempFile("client", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().putAll(environment);
    builder.environment().put("NO_PROXY", "127.0.0.1");
    Process process = builder.start();
    try {
      int status = process.waitFor();
      String said = Files.readString(output);
      assertThat(status).as("%s:%n%s", command, said).isZero();
      return said.lines().toList();
    } finally {
      process.destroyForcibly(); // it may still run if the test's time is up
      Files.delete(output);
    }
  }

  private static boolean runs(String... command) throws IOException, InterruptedException {
    try {
      return new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false; // there is no such program
    }
  }

  private static String version(String name, String version) {
    return "`" + name + "` " + version;
  }

  @Override
  public String toString() {
    return source.getFileName().toString();
  }

  /** Runs in Node.js. */
  private static final class Node extends Client {

    Node(Path source) {
      super(source, "package-lock.json");
    }

    @Override
    boolean canRun() throws IOException, InterruptedException {
      return runs("node", "--version") && runs(npm(), "--version");
    }

    private static String npm() {
      return WINDOWS ? "npm.cmd" : "npm";
    }

    @Override
    void installPackages(Path home) throws IOException, InterruptedException {
      succeed(home, Map.of(), List.of(npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund"));
    }

    @Override
    List<String> command(Path home, String script) {
      return List.of("node", script + ".mjs");
    }

    @Override
    String title() throws IOException {
      JsonNode packages =
          new JsonMapper().readTree(source.resolve("package.json").toFile()).path("dependencies");
      return packages.properties().stream()
              .map(entry -> version(entry.getKey(), entry.getValue().textValue()))
              .collect(joining(", "))
          + " (Node.js)";
    }
  }

  /** Runs in a virtual environment of Python. */
  private static final class Python extends Client {

    Python(Path source) {
      super(source, "requirements.txt");
    }

    private static String python() {
      return WINDOWS ? "python" : "python3";
    }

    private static String inside(Path home, String program) {
      String path = WINDOWS ? "Scripts/" + program + ".exe" : "bin/" + program;
      return home.resolve("venv").resolve(path).toString();
    }

    /** Installs uv if it is not there. It installs packages in a tenth of pip's time. */
    private static String uv() throws IOException, InterruptedException {
      Path home = Path.of("target", "uv").toAbsolutePath();
      Path pins = Path.of("src", "test", "clients", "uv.txt").toAbsolutePath();
      Files.createDirectories(home);
      once(
          home,
          pins,
          () -> {
            succeed(home, Map.of(), List.of(python(), "-m", "venv", "--clear", "venv"));
            succeed(
                home,
                Map.of(),
                List.of(
                    inside(home, "python"),
                    "-m",
                    "pip",
                    "install",
                    "--quiet",
                    "--disable-pip-version-check",
                    "--require-hashes",
                    "--only-binary=:all:",
                    "--requirement=" + pins));
          });
      return inside(home, "uv");
    }

    @Override
    boolean canRun() throws IOException, InterruptedException {
      return runs(python(), "-c", "import venv, ensurepip");
    }

    @Override
    void installPackages(Path home) throws IOException, InterruptedException {
      String uv = uv();
      succeed(
          home, Map.of(), List.of(uv, "venv", "--quiet", "--clear", "--python", python(), "venv"));
      succeed(
          home,
          Map.of(),
          List.of(
              uv,
              "pip",
              "install",
              "--quiet",
              "--python",
              inside(home, "python"),
              "--require-hashes",
              "--only-binary=:all:",
              "--requirement=requirements.txt"));
    }

    @Override
    List<String> command(Path home, String script) {
      return List.of(inside(home, "python"), script + ".py");
    }

    @Override
    String title() throws IOException {
      String name = Files.readString(source.resolve("requirements.in")).strip();
      String pinned = Files.readString(source.resolve("requirements.txt"));
      Matcher pin =
          Pattern.compile("^" + name.replaceAll("\\[.*", "") + "==(\\S+)", Pattern.MULTILINE)
              .matcher(pinned);
      assertThat(pin.find()).as(source + " pins " + name).isTrue();
      return version(name, pin.group(1)) + " (Python)";
    }
  }
}
