package dev.llamastream.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** What tests need of npm: {@code src/test/node}. */
public final class NodePackages {

  private static final Path SOURCE = Path.of("src", "test", "node");
  private static final Path DIRECTORY = Path.of("target", "node");
  private static boolean installed;

  private NodePackages() {}

  /**
   * Installs the packages, once for all tests. Skips the tests where there is no npm, but not in
   * CI.
   */
  public static synchronized void install() throws IOException, InterruptedException {
    if (installed) {
      return;
    }
    if (!"true".equals(System.getenv("CI"))) {
      assumeTrue(isThere("npm") && isThere("node"), "no Node.js: apt-get install nodejs npm");
    }
    Files.createDirectories(DIRECTORY);
    for (String file : List.of("package.json", "package-lock.json")) {
      Files.copy(
          SOURCE.resolve(file), DIRECTORY.resolve(file), StandardCopyOption.REPLACE_EXISTING);
    }
    Process npm = command("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund").start();
    try (BufferedReader output = npm.inputReader()) {
      String text = String.join("\n", output.lines().toList());
      assertThat(npm.waitFor()).as(text).isZero();
    }
    installed = true;
  }

  private static boolean isThere(String program) throws InterruptedException {
    try {
      return command(program, "--version").start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** A command that runs where the packages are. */
  private static ProcessBuilder command(String... words) {
    return new ProcessBuilder(words)
        .directory(DIRECTORY.toFile().isDirectory() ? DIRECTORY.toFile() : null)
        .redirectErrorStream(true);
  }

  /** A file of an installed package. */
  public static String read(String file) throws IOException {
    return Files.readString(DIRECTORY.resolve("node_modules").resolve(file));
  }
}
