package dev.llamastream.store;

import java.io.File;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;

/** The folder that {@code ~} means. */
final class UserHome {

  private UserHome() {}

  /**
   * What the shell, huggingface_hub and Ollama take, so that all find the same files: {@code HOME}.
   * The JVM's {@code user.home} is the one of the password file, and counts on Windows, and where
   * the variable is no absolute path.
   */
  static Path of(Map<String, String> environment) {
    String value = File.separatorChar == '/' ? environment.getOrDefault("HOME", "") : "";
    try {
      Path home = Path.of(value);
      if (home.isAbsolute()) {
        return home;
      }
    } catch (InvalidPathException e) {
      // the same as none
    }
    return Path.of(System.getProperty("user.home"));
  }
}
