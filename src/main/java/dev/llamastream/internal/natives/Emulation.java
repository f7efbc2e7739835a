package dev.llamastream.internal.natives;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Whether the system runs this JVM on a processor for which it was not made. */
final class Emulation {

  /** Intel's Macs do not have it, and Apple's need it for a JVM of Intel's. */
  private static final Path ROSETTA = Path.of("/Library/Apple/usr/libexec/oah/libRosettaRuntime");

  private Emulation() {}

  /** One sentence, if so. */
  static Optional<String> note(String platform) {
    return note(platform, System.getenv(), Files::exists);
  }

  static Optional<String> note(
      String platform, Map<String, String> environment, Predicate<Path> exists) {
    if (platform.equals("macos-x86_64") && exists.test(ROSETTA)) {
      return Optional.of(
          "This JVM is for Intel processors, and Rosetta translates it for one of Apple's: install"
              + " a JVM for aarch64.");
    }
    // PROCESSOR_ARCHITECTURE says what the JVM is for
    if (platform.equals("windows-x86_64")
        && environment.getOrDefault("PROCESSOR_IDENTIFIER", "").startsWith("ARM")) {
      return Optional.of(
          "This JVM is for x86_64 processors, and Windows emulates one on an ARM processor, which is"
              + " slow.");
    }
    return Optional.empty();
  }
}
