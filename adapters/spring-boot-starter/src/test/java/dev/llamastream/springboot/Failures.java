package dev.llamastream.springboot;

import java.util.List;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.core.io.support.SpringFactoriesLoader;

/** What a Boot application would print when it cannot start. */
final class Failures {

  private Failures() {}

  static FailureAnalysis analysis(Throwable failure) {
    // some of Boot's want things of the application that there is none of
    List<FailureAnalyzer> analyzers =
        SpringFactoriesLoader.forDefaultResourceLocation()
            .load(FailureAnalyzer.class, (_, _, _) -> {});
    for (FailureAnalyzer analyzer : analyzers) {
      FailureAnalysis analysis = analyzer.analyze(failure);
      if (analysis != null) {
        return analysis;
      }
    }
    throw new AssertionError("no analysis", failure);
  }

  static String description(Throwable failure) {
    return analysis(failure).getDescription();
  }

  static String action(Throwable failure) {
    return analysis(failure).getAction();
  }
}
