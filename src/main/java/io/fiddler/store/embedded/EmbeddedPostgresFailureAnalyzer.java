package io.fiddler.store.embedded;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/// Ends a failed start with the sentence instead of a stack trace.
final class EmbeddedPostgresFailureAnalyzer
    extends AbstractFailureAnalyzer<EmbeddedPostgresException> {
  @Override
  protected FailureAnalysis analyze(Throwable rootFailure, EmbeddedPostgresException cause) {
    return new FailureAnalysis(cause.getMessage(), null, cause);
  }
}
