package io.fiddler.config;

import io.fiddler.api.ApiConfiguration;
import io.fiddler.api.connection.ConnectionConfiguration;
import io.fiddler.config.settings.SettingsConfiguration;
import io.fiddler.ops.OpsConfiguration;
import io.fiddler.ops.access.KeyOpsConfiguration;
import io.fiddler.ops.dashboard.DashboardConfiguration;
import io.fiddler.ops.health.HealthConfiguration;
import io.fiddler.ops.meter.MeterConfiguration;
import io.fiddler.ops.span.SpanConfiguration;
import io.fiddler.page.PageConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/// All the service consists of, by name: nothing gets in by lying on the class path.
@Configuration(proxyBeanMethods = false)
@Import({
  SettingsConfiguration.class,
  StoreConfiguration.class,
  PlacementConfiguration.class,
  EngineConfiguration.class,
  CorrectionConfiguration.class,
  SimulationWiring.class,
  AccessWiring.class,
  ApiWiring.class,
  ApiConfiguration.class,
  ConnectionConfiguration.class,
  OpsConfiguration.class,
  KeyOpsConfiguration.class,
  HealthConfiguration.class,
  MeterConfiguration.class,
  SpanConfiguration.class,
  DashboardConfiguration.class,
  PageConfiguration.class
})
public class FiddlerConfiguration {}
