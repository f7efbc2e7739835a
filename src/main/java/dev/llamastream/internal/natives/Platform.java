package dev.llamastream.internal.natives;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The name of an operating system, a processor and, if it is not the usual one, a C library: {@code
 * linux-x86_64}, {@code linux-x86_64-musl}. Natives jars and the folders of a build are named so.
 */
final class Platform {

  /** The platforms for which natives jars are published. */
  static final List<String> PUBLISHED =
      List.of("linux-x86_64", "linux-aarch64", "macos-aarch64", "windows-x86_64");

  private Platform() {}

  static String current() {
    return of(
        System.getProperty("os.name"), System.getProperty("os.arch"), Path.of("/proc/self/exe"));
  }

  /**
   * @param program this process's own, of which Linux's C library is known
   */
  static String of(String osName, String osArch, Path program) {
    String os = os(osName);
    String name = os + "-" + processor(osArch);
    return os.equals("linux") ? name + cLibrary(program) : name;
  }

  private static String os(String osName) {
    String os = plain(osName);
    return os.startsWith("windows") ? "windows" : os.startsWith("mac") ? "macos" : os;
  }

  private static String processor(String osArch) {
    String arch = plain(osArch);
    return switch (arch) {
      case "amd64", "x86_64", "x64" -> "x86_64";
      case "arm64", "aarch64" -> "aarch64";
      case "i386", "i486", "i586", "i686" -> "x86";
      default -> arch;
    };
  }

  /** As part of the name of a file. */
  private static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]", "");
  }

  /** The program's linker belongs to the C library, and is named after it. */
  private static String cLibrary(Path program) {
    try (FileChannel channel = FileChannel.open(program)) {
      Optional<String> linker = ElfFile.read(channel).interpreter();
      String file = linker.map(path -> path.substring(path.lastIndexOf('/') + 1)).orElse("");
      return file.startsWith("ld-musl") ? "-musl" : file.startsWith("linker") ? "-bionic" : "";
    } catch (IOException e) {
      // without /proc, the usual one
      return "";
    }
  }
}
