package io.fiddler.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.usage.StoreUnavailableException;
import org.junit.jupiter.api.Test;
import org.springframework.boot.diagnostics.FailureAnalysis;

class StoreFailureAnalyzerTest {
  @Test
  void analyze_isTheSentence_whenTheDatabaseIsTheCause() {
    var failure =
        new IllegalStateException(
            "bean", new StoreUnavailableException("the database does not answer", null));
    assertThat(new StoreFailureAnalyzer().analyze(failure))
        .isNotNull()
        .extracting(FailureAnalysis::getDescription)
        .isEqualTo("the database does not answer");
  }

  @Test
  void analyze_isNull_whenSomethingElseIsTheCause() {
    assertThat(new StoreFailureAnalyzer().analyze(new IllegalStateException("bean"))).isNull();
  }
}
