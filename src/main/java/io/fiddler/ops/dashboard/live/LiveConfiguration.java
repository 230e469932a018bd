package io.fiddler.ops.dashboard.live;

import io.fiddler.engine.Engine;
import java.time.Clock;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.json.JsonMapper;

/// The sampler and what it feeds.
@Configuration(proxyBeanMethods = false)
public class LiveConfiguration {
  private static final Duration CURVES = Duration.ofHours(1);

  @Bean
  EngineWork engineWork() {
    return new EngineWork();
  }

  @Bean
  LatestGenerations latestGenerations() {
    return new LatestGenerations();
  }

  @Bean
  History curveHistory() {
    return new History((int) CURVES.toSeconds() / LiveSampler.SAMPLES_PER_POINT);
  }

  @Bean
  LiveFeed liveFeed(History history) {
    return new LiveFeed(() -> JsonMapper.shared().writeValueAsString(history.points()));
  }

  @Bean
  SamplingLoop samplingLoop(
      Engine engine,
      EngineWork work,
      LatestGenerations generations,
      History history,
      LiveFeed feed,
      Clock clock) {
    Sampling sampling =
        new Sampling(
            new LiveSampler(engine, work, generations, history, clock),
            new ExpertMaps(engine),
            feed,
            System::nanoTime);
    return new SamplingLoop(sampling::take, feed);
  }
}
