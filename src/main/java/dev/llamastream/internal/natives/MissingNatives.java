package dev.llamastream.internal.natives;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What to do on a platform for which no native libraries were found. */
final class MissingNatives {

  private MissingNatives() {}

  /** Whole sentences, in several lines. */
  static String advice(String platform) {
    if (Platform.PUBLISHED.contains(platform)) {
      return String.format(
          Locale.ROOT,
          "Add the dependency that has them, or %s, which has those of all platforms.%n%s",
          NativesDependency.ALL,
          NativesDependency.declarations(platform));
    }
    List<String> lines = new ArrayList<>();
    lines.add("They are published for " + String.join(", ", Platform.PUBLISHED) + ".");
    Emulation.note(platform).ifPresent(lines::add);
    if (platform.endsWith("-musl")) {
      lines.add(
          "This system's C library is musl, and they need glibc: use an image or a system that has"
              + " glibc, such as Debian or Ubuntu.");
    }
    if (platform.equals("windows-aarch64")) {
      lines.add("A JVM for x86_64 runs on this system too, with the libraries for windows-x86_64.");
    }
    lines.add(hasOtherPointers(platform) ? "llamastream needs a 64-bit JVM." : build(platform));
    return String.join(System.lineSeparator(), lines);
  }

  private static boolean hasOtherPointers(String platform) {
    return platform.endsWith("-x86") || platform.endsWith("-arm");
  }

  /** How to make the libraries that run on this system; a whole sentence. */
  static String build(String platform) {
    return String.format(
        Locale.ROOT,
        "To build them on this system: cmake -DOUTPUT_DIR=<folder> -P native/build.cmake, in"
            + " llamastream's source; then java -D%s=<folder>/%s.",
        LibraryLocations.PATH_PROPERTY,
        platform);
  }
}
