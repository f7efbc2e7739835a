package dev.llamastream.springboot;

import dev.llamastream.NativeLibraryException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says how an application gets the right to use the native libraries. */
final class NativeLibraryFailureAnalyzer extends AbstractFailureAnalyzer<NativeLibraryException> {

  private static final String NO_ACCESS =
      """
      Allow native access. For an executable jar, in its manifest:

          Enable-Native-Access: ALL-UNNAMED

      (spring-boot-maven-plugin repackages the jar of maven-jar-plugin, whose archive/manifestEntries \
      has such lines.) Otherwise with this option of java:

          --enable-native-access=ALL-UNNAMED
      """;

  @Override
  protected FailureAnalysis analyze(Throwable failure, NativeLibraryException cause) {
    return new FailureAnalysis(String.valueOf(cause.getMessage()), action(cause), failure);
  }

  private @Nullable String action(NativeLibraryException cause) {
    // of other failures the message says what to do
    return findCause(cause, IllegalCallerException.class) != null ? NO_ACCESS : null;
  }
}
