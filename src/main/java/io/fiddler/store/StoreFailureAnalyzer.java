package io.fiddler.store;

import io.fiddler.store.embedded.EmbeddedPostgresException;
import io.fiddler.usage.StoreUnavailableException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;

/// Ends a start that failed for want of a database with the sentence instead of a stack trace.
final class StoreFailureAnalyzer implements FailureAnalyzer {
  @Override
  public @Nullable FailureAnalysis analyze(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof EmbeddedPostgresException
          || cause instanceof StoreUnavailableException
          || cause instanceof MigrationFailedException) {
        return new FailureAnalysis(cause.getMessage(), null, cause);
      }
    }
    return null;
  }
}
