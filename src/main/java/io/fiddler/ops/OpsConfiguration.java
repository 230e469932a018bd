package io.fiddler.ops;

import io.fiddler.engine.Engine;
import io.fiddler.learning.CurrentPlacement;
import io.fiddler.learning.PlacementPlanner;
import io.fiddler.learning.Replanning;
import io.fiddler.learning.simulation.LiveSimulations;
import io.fiddler.usage.StoreFlush;
import io.fiddler.usage.UsageReports;
import java.time.Clock;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// The service's own endpoints, and the placement they plan.
@Configuration(proxyBeanMethods = false)
public class OpsConfiguration {
  private static final Duration TRACE_AT_MOST = Duration.ofSeconds(30);

  @Bean
  CurrentPlacement currentPlacement() {
    return new CurrentPlacement();
  }

  @Bean
  Replanning replanning(
      Engine engine, StoreFlush store, PlacementPlanner planner, CurrentPlacement current) {
    return new Replanning(engine, store, planner, current);
  }

  @Bean
  PlacementEndpoint placementEndpoint(
      Engine engine, CurrentPlacement current, Replanning replanning) {
    return new PlacementEndpoint(engine, current, replanning);
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
  UsageEndpoint usageEndpoint(UsageReports reports, StoreFlush store, Clock clock) {
    return new UsageEndpoint(reports, store, clock);
  }
}
