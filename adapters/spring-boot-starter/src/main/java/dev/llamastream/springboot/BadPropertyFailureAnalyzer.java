package dev.llamastream.springboot;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says which property is wrong. */
final class BadPropertyFailureAnalyzer extends AbstractFailureAnalyzer<BadPropertyException> {

  @Override
  protected FailureAnalysis analyze(Throwable failure, BadPropertyException cause) {
    return new FailureAnalysis(String.valueOf(cause.getMessage()), cause.action(), failure);
  }
}
