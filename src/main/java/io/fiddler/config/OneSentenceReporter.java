package io.fiddler.config;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalysisReporter;

/// Reports why the service cannot start in one line; application.yml silences Spring's own report
/// of a dozen lines.
final class OneSentenceReporter implements FailureAnalysisReporter {
  private static final Logger LOG = LoggerFactory.getLogger("io.fiddler");

  @Override
  public void report(FailureAnalysis analysis) {
    String action = analysis.getAction();
    String sentence = analysis.getDescription() + (action == null ? "" : " " + action);
    LOG.error("Fiddler cannot start: {}", sentence.replaceAll("\\s+", " ").strip());
    LOG.debug("The failure behind it", analysis.getCause());
  }
}
