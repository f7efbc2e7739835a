package dev.llamastream.internal.natives;

import java.util.Locale;

/** The name of an operating system and processor, as used in directories and natives jars. */
final class Platform {

  private Platform() {}

  static String current() {
    return of(System.getProperty("os.name"), System.getProperty("os.arch"));
  }

  static String of(String osName, String osArch) {
    String os = osName.toLowerCase(Locale.ROOT);
    String arch = osArch.toLowerCase(Locale.ROOT);
    return (os.startsWith("windows") ? "windows" : os.startsWith("mac") ? "macos" : "linux")
        + "-"
        + switch (arch) {
          case "amd64", "x86_64", "x64" -> "x86_64";
          case "arm64", "aarch64" -> "aarch64";
          default -> arch;
        };
  }
}
