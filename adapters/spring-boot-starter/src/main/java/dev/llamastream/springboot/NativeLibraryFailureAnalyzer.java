package dev.llamastream.springboot;

import dev.llamastream.NativeLibraryException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says how an application gets the native libraries, and the right to use them. */
final class NativeLibraryFailureAnalyzer extends AbstractFailureAnalyzer<NativeLibraryException> {

  private static final String NO_ACCESS =
      """
      Allow native access. For an executable jar, in its manifest:

          Enable-Native-Access: ALL-UNNAMED

      (spring-boot-maven-plugin repackages the jar of maven-jar-plugin, whose archive/manifestEntries \
      has such lines.) Otherwise with this option of java:

          --enable-native-access=ALL-UNNAMED
      """;

  private static final String NO_LIBRARIES =
      """
      Add the jar of the native libraries, whose classifier is the platform, for instance:

          <dependency>
            <groupId>dev.llamastream</groupId>
            <artifactId>llamastream-natives</artifactId>
            <version>the library's version</version>
            <classifier>linux-x86_64</classifier>
          </dependency>

      The classifiers are linux-x86_64, linux-aarch64, macos-aarch64 and windows-x86_64. \
      llamastream-all brings them all. Or name a directory that holds the libraries with \
      -Dllamastream.library.path=<directory>.
      """;

  @Override
  protected FailureAnalysis analyze(Throwable failure, NativeLibraryException cause) {
    return new FailureAnalysis(String.valueOf(cause.getMessage()), action(cause), failure);
  }

  private @Nullable String action(NativeLibraryException cause) {
    if (findCause(cause, IllegalCallerException.class) != null) {
      return NO_ACCESS;
    }
    // of other failures the message says what to do
    return String.valueOf(cause.getMessage()).startsWith("no native libraries")
        ? NO_LIBRARIES
        : null;
  }
}
