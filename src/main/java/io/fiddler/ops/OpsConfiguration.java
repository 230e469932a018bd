package io.fiddler.ops;

import io.fiddler.engine.Engine;
import io.fiddler.usage.StoreFlush;
import io.fiddler.usage.StoreMonitor;
import io.fiddler.usage.UsageReports;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// What operators see: health, info, metrics and the service's own endpoints. The bean names of the
/// indicators are the names in `/actuator/health`.
@Configuration(proxyBeanMethods = false)
public class OpsConfiguration {
  private static final Duration TRACE_AT_MOST = Duration.ofSeconds(30);

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
  EngineInfo engineInfo(Engine engine) {
    return new EngineInfo(engine);
  }

  @Bean
  EngineMetrics engineMetrics(MeterRegistry registry) {
    return new EngineMetrics(registry);
  }

  @Bean
  EngineGauges engineGauges(Engine engine) {
    return new EngineGauges(engine);
  }

  @Bean
  DeviceMeter deviceMeter(Engine engine, MeterRegistry registry) {
    return new DeviceMeter(engine, registry);
  }

  @Bean
  LatencyGauges latencyGauges(Engine engine) {
    return new LatencyGauges(engine);
  }

  @Bean
  StoreMetrics storeMetrics(StoreMonitor store) {
    return new StoreMetrics(store);
  }

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
  UsageEndpoint usageEndpoint(UsageReports reports, StoreFlush store, Clock clock) {
    return new UsageEndpoint(reports, store, clock);
  }
}
