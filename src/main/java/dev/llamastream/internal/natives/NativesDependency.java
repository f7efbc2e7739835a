package dev.llamastream.internal.natives;

import java.util.Locale;

/** What a build declares to have the native libraries of a platform. */
final class NativesDependency {

  private static final String GROUP = "dev.llamastream";
  private static final String ARTIFACT = "llamastream-natives";

  /** The library with the natives jars of all platforms. */
  static final String ALL = String.join(":", GROUP, "llamastream-all", LibraryVersion.CURRENT);

  private NativesDependency() {}

  /** The coordinates of the natives jar that belongs to this library, as Gradle writes them. */
  static String coordinates(String classifier) {
    return String.join(":", GROUP, ARTIFACT, LibraryVersion.CURRENT, classifier);
  }

  /** The same for Maven and for Gradle, in several lines. */
  static String declarations(String classifier) {
    return String.format(
        Locale.ROOT,
        """
        Maven:
          <dependency>
            <groupId>%s</groupId>
            <artifactId>%s</artifactId>
            <version>%s</version>
            <classifier>%s</classifier>
            <scope>runtime</scope>
          </dependency>
        Gradle:
          runtimeOnly("%s")""",
        GROUP,
        ARTIFACT,
        LibraryVersion.CURRENT,
        classifier,
        coordinates(classifier));
  }
}
