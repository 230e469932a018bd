package io.fiddler.ops.health;

import io.fiddler.engine.Engine;
import io.fiddler.learning.correction.CorrectionMonitor;
import io.fiddler.usage.StoreMonitor;
import io.fiddler.usage.UpkeepMonitor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Health and info. The bean names of the indicators are the names in `/actuator/health`.
@Configuration(proxyBeanMethods = false)
public class HealthConfiguration {
  @Bean
  ModelHealth modelHealthIndicator(Engine engine) {
    return new ModelHealth(engine);
  }

  @Bean
  DeviceHealth deviceHealthIndicator(Engine engine) {
    return new DeviceHealth(engine);
  }

  @Bean
  StoreHealth storeHealthIndicator(StoreMonitor store) {
    return new StoreHealth(store);
  }

  @Bean
  PlacementHealth placementHealthIndicator(CorrectionMonitor correction) {
    return new PlacementHealth(correction);
  }

  @Bean
  UpkeepHealth upkeepHealthIndicator(UpkeepMonitor upkeep) {
    return new UpkeepHealth(upkeep);
  }

  @Bean
  EngineInfo engineInfo(Engine engine) {
    return new EngineInfo(engine);
  }
}
