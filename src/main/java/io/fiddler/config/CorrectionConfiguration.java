package io.fiddler.config;

import io.fiddler.config.settings.CorrectionProperties;
import io.fiddler.config.settings.FiddlerProperties;
import io.fiddler.engine.Engine;
import io.fiddler.learning.CurrentPlacement;
import io.fiddler.learning.Replanning;
import io.fiddler.learning.correction.Changes;
import io.fiddler.learning.correction.CorrectionOptions;
import io.fiddler.learning.correction.LiveCorrection;
import io.fiddler.learning.correction.PastTraffic;
import io.fiddler.usage.ActivationHistory;
import java.time.Clock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Live correction of the placement, and its watch for drift.
@Configuration(proxyBeanMethods = false)
class CorrectionConfiguration {
  private static final Logger LOG = LoggerFactory.getLogger(CorrectionConfiguration.class);

  @Bean
  LiveCorrection liveCorrection(
      Engine engine,
      Replanning replanning,
      CurrentPlacement current,
      ActivationHistory history,
      FiddlerProperties properties,
      Clock clock) {
    CorrectionProperties correction = properties.placement().correction();
    CorrectionOptions options = correction.toOptions(properties.dispatch().reproducible());
    if (options.mode() != correction.mode()) {
      LOG.info(
          "Correction suggests and moves nothing: fiddler.dispatch.reproducible asks for a fixed"
              + " placement");
    }
    return LiveCorrection.start(
        engine,
        new Changes(replanning, current, clock),
        new PastTraffic(history, properties.placement().halfLives()),
        options,
        properties.placement().drift().toOptions());
  }

  /// What correction moved last is recorded as a version, which takes the engine.
  @Bean
  StopWork correctionEnd(LiveCorrection correction) {
    return StopWork.afterRequests(correction::close);
  }
}
