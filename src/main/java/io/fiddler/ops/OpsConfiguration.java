package io.fiddler.ops;

import io.fiddler.engine.Engine;
import io.fiddler.learning.AchievedRecorder;
import io.fiddler.learning.CurrentPlacement;
import io.fiddler.learning.Replanning;
import io.fiddler.learning.correction.CorrectionMonitor;
import io.fiddler.learning.simulation.LiveSimulations;
import io.fiddler.usage.StoreFlush;
import io.fiddler.usage.UsageReports;
import io.fiddler.usage.access.KeyUsageReports;
import io.fiddler.usage.version.VersionRecords;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// The service's own endpoints.
@Configuration(proxyBeanMethods = false)
public class OpsConfiguration {
  private static final Duration TRACE_AT_MOST = Duration.ofSeconds(30);

  @Bean
  PlacementEndpoint placementEndpoint(
      Engine engine,
      CurrentPlacement current,
      Replanning replanning,
      CorrectionMonitor correction) {
    return new PlacementEndpoint(engine, current, replanning, correction);
  }

  @Bean
  PlacementsEndpoint placementsEndpoint(
      Engine engine,
      CurrentPlacement current,
      Replanning replanning,
      VersionRecords records,
      AchievedRecorder achieved) {
    return new PlacementsEndpoint(engine, current, replanning, records, achieved);
  }

  @Bean
  OperatorFilter operatorFilter(WebEndpointProperties properties) {
    return new OperatorFilter(
        List.of(properties.getBasePath() + "/placement", properties.getBasePath() + "/keys"));
  }

  @Bean
  ActuatorRequests actuatorRequests() {
    return new ActuatorRequests();
  }

  @Bean
  ExpertsEndpoint expertsEndpoint(Engine engine) {
    return new ExpertsEndpoint(engine);
  }

  @Bean
  LatencyEndpoint latencyEndpoint(Engine engine) {
    return new LatencyEndpoint(engine);
  }

  @Bean
  TraceEndpoint traceEndpoint(Engine engine) {
    return new TraceEndpoint(engine, TRACE_AT_MOST);
  }

  @Bean
  SimulationEndpoint simulationEndpoint(LiveSimulations simulations) {
    return new SimulationEndpoint(simulations);
  }

  @Bean
  UsageEndpoint usageEndpoint(
      UsageReports reports, KeyUsageReports keys, StoreFlush store, Clock clock) {
    return new UsageEndpoint(reports, keys, store, clock);
  }
}
