package io.fiddler.config;

import io.fiddler.api.ApiConfiguration;
import io.fiddler.ops.OpsConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/// All the service consists of, by name: nothing gets in by lying on the class path.
@Configuration(proxyBeanMethods = false)
@Import({
  SettingsConfiguration.class,
  StoreConfiguration.class,
  EngineConfiguration.class,
  ApiWiring.class,
  ApiConfiguration.class,
  OpsConfiguration.class
})
public class FiddlerConfiguration {}
